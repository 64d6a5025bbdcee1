// All lines of a day, also those that are not on the page yet: from the list's JSON twin.

import { fold } from "./matching.js";

/** Most pieces that one day is read in. */
const MAX_PIECES = 10;

/** Papers asked for at once; the service may give fewer. */
const PIECE = 2_000;

const GROUPS = { new: "new", cross: "cross", replace: "replace", "replace-cross": "replace" };

/**
 * The papers of a day in the order of its list: `{id, group, number, text}`, the text folded for
 * filters.
 *
 * @throws Error the service does not answer, or not as it should.
 */
export async function loadWholeDay(address) {
  const lines = [];
  const first = new URL(address, location.href);
  first.searchParams.set("limit", PIECE);
  let next = pickPath(first);
  for (let piece = 0; next && piece < MAX_PIECES; piece += 1) {
    const answer = await fetch(next, { headers: { Accept: "application/feed+json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const feed = await answer.json();
    for (const item of feed.items) lines.push(makeLine(item, lines.length + 1));
    // The address is absolute and names the service as its readers do; this page may not.
    next = feed.next_url ? pickPath(new URL(feed.next_url)) : "";
  }
  return lines;
}

function makeLine(item, number) {
  const names = (item.authors ?? []).map((author) => author.name).join(", ");
  return {
    id: item._papersift.arxiv_id,
    group: GROUPS[item._papersift.announce_type] ?? "",
    number,
    // A line break keeps a phrase from beginning in one part and ending in the next.
    text: [item.title, names, item.content_text].map(fold).join("\n"),
  };
}

function pickPath({ pathname, search }) {
  return pathname + search;
}
