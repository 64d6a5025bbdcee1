// Filter lines: which papers hold them, and where in a text they stand. A line is a word or a
// phrase, found anywhere in a text, without regard to case, accents and the width of blanks.

const MARKS = /\p{M}/gu;
const BLANKS = /\s+/g;

/** The longest line that is looked for, characters. */
const MAX_LINE_CHARS = 200;

/** How many lines are read. */
const MAX_LINES = 20;

/** A text as lines are compared with it. */
export function fold(text) {
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase().replace(BLANKS, " ");
}

/** The lines that somebody wrote, folded, each once. */
export function readLines(text) {
  const lines = text
    .split("\n")
    .map((line) => fold(line.slice(0, MAX_LINE_CHARS)).trim())
    .filter((line) => line !== "");
  return [...new Set(lines)].slice(0, MAX_LINES);
}

/** Whether a filter asks for anything. */
export function isEmpty({ included, excluded }) {
  return included.length === 0 && excluded.length === 0;
}

/** Whether a folded text passes: any or all of the lines wanted, none of the others. */
export function passes(folded, { included, excluded, joinsAll }) {
  const holds = (line) => folded.includes(line);
  if (excluded.some(holds)) return false;
  return included.length === 0 || (joinsAll ? included.every(holds) : included.some(holds));
}

/** How many of the folded texts hold each line. */
export function countLines(texts, lines) {
  return lines.map((line) => texts.filter((text) => text.includes(line)).length);
}

/** Where any of the lines stand in a text, as `[begin, end]` in its own characters, in order. */
export function findSpans(text, lines) {
  const { folded, places } = foldWithPlaces(text);
  const spans = [];
  for (const line of lines) {
    for (let at = folded.indexOf(line); at >= 0; at = folded.indexOf(line, at + line.length)) {
      spans.push([places[at], places[at + line.length]]);
    }
  }
  return joinSpans(spans);
}

function joinSpans(spans) {
  const joined = [];
  for (const [begin, end] of spans.sort((one, other) => one[0] - other[0])) {
    const last = joined.at(-1);
    if (last !== undefined && begin <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([begin, end]);
  }
  return joined;
}

/** The folded text, and for each of its characters (and its end) the place it comes from. */
function foldWithPlaces(text) {
  let folded = "";
  const places = [];
  let place = 0;
  for (const character of text) {
    let part = fold(character);
    if (part === " " && folded.endsWith(" ")) part = "";
    for (let n = 0; n < part.length; n += 1) places.push(place);
    folded += part;
    place += character.length;
  }
  places.push(text.length);
  return { folded, places };
}
