// Positions of mixed sequences: where schemes put patches, and which principles they keep.

import { startPage, warningsOf } from "./page.js";
import { colour, Plot, sequentialScale } from "./plot.js";
import { KINDS, parseSegments, SegmentsEditor } from "./segments.js";
import { t } from "../words.js";

const MAX_LABELS = 60;
const PRINCIPLES = [
  ["compatibility", t("compatibility"), t("Compatibility: text alone is RoPE-1D, an image alone RoPE-2D")],
  ["equivalence", t("equivalence"), t("Equivalence: an image counts as many tokens as it has patches")],
  ["symmetry", t("symmetry"), t("Symmetry: the gaps before and after an image are equal")],
  ["unit_spacing", t("unit spacing"), t("Patches next to each other are one apart")],
];

const plots = Object.fromEntries(["positions", "decay", "map"].map((id) => [id, new Plot(`plot-${id}`)]));

const editor = new SegmentsEditor(
  document.getElementById("segment-list"),
  document.querySelectorAll("button[data-add]"),
  (text) => {
    page.set("segments", text);
    page.commit();
  },
);

const page = startPage({ compute, show, follow: ({ segments }) => fillEditor(segments) });

function fillEditor(text) {
  try {
    editor.show(parseSegments(text));
  } catch (error) {
    // Half-typed text; the page says what is wrong with it.
    if (!(error instanceof RangeError)) throw error;
  }
}

async function compute(state, ask) {
  const segments = parseSegments(state.segments);
  const decay = { dimension: Number(state.dimension), max_offset: Number(state.reach) };
  const [placed, principles, curve, map] = await Promise.all([
    ask("sequence_positions", { segments, scheme: state.scheme }),
    ask("position_principles", {}),
    ask("attention_decay", { ...decay, axes: 1 }),
    ask("attention_decay", { ...decay, axes: 2, symmetric: true }),
  ]);
  return { placed, principles, curve, map };
}

async function show(state, { placed, principles, curve, map }) {
  const { positions, segment, blocks, next_text: next } = placed.result;
  const segments = parseSegments(state.segments);
  const mine = principles.result.schemes.find(({ scheme }) => scheme === state.scheme);
  showPrinciples(mine);
  await Promise.all([
    drawPositions(positions, segment, segments, next),
    drawDecay(curve.result, map.result),
    drawMap(map.result),
  ]);
  const axes = [t("row"), t("column"), t("frame")].slice(0, positions[0].length);
  const write = (place) => `(${place.map((value) => Number(value.toFixed(4))).join(", ")})`;
  return {
    tables: [
      {
        caption: t("Gaps"),
        columns: [t("block"), t("first patch"), t("last patch"), t("next text"), t("gap before"), t("gap after")],
        rows: blocks.map((block) => [
          `${KINDS[segments[block.segment].kind]} ${block.segment + 1}`,
          ...["first_patch", "last_patch", "next_text", "gap_before", "gap_after"].map((name) => write(block[name])),
        ]),
      },
      {
        caption: t("Principles of every scheme"),
        columns: [t("scheme"), ...PRINCIPLES.map(([, name]) => name)],
        rows: principles.result.schemes.map((scheme) => [scheme.scheme.replace("_", " "), ...PRINCIPLES.map(([name]) => scheme[name])]),
      },
      {
        caption: t("Positions"),
        columns: [t("token"), t("of"), ...(axes.length > 1 ? axes : [t("position")])],
        rows: positions.map((place, index) => [index + 1, `${KINDS[segments[segment[index]].kind]} ${segment[index] + 1}`, ...place]),
      },
    ],
    warnings: [...warningsOf(placed), ...mine.reasons],
  };
}

function showPrinciples(scheme) {
  const items = PRINCIPLES.map(([name, , text]) => {
    const item = document.createElement("li");
    const isKept = scheme[name];
    item.dataset.kept = isKept === null ? "unknown" : isKept ? "yes" : "no";
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.textContent = isKept === null ? "–" : isKept ? "✓" : "✗";
    mark.setAttribute("aria-hidden", "true");
    const words = document.createElement("span");
    words.textContent = isKept === null ? t("{principle} (cannot be judged)", { principle: text }) : isKept ? text : t("{principle} – broken", { principle: text });
    item.append(mark, words);
    return item;
  });
  document.getElementById("principles").replaceChildren(...items);
}

/** Row and column for the drawing; a scheme with one coordinate lies on the diagonal. */
function toPlane(place) {
  return place.length === 1 ? [place[0], place[0]] : place;
}

function drawPositions(positions, segment, segments, next) {
  const places = [...positions, next].map(toPlane);
  const low = Math.min(...places.flatMap(([row, column]) => [row, column]));
  const high = Math.max(...places.flatMap(([row, column]) => [row, column]));
  return plots.positions.draw(
    () => ({
      traces: [
        { mode: "lines", x: [low - 1, high + 1], y: [low - 1, high + 1], line: { color: colour("ghost"), width: 1 }, hoverinfo: "skip", showlegend: false },
        ...segments.map(({ kind }, index) => {
          const own = positions.map((place, token) => ({ place, token })).filter(({ token }) => segment[token] === index);
          const flat = own.map(({ place }) => toPlane(place));
          return {
            name: `${index + 1} ${KINDS[kind]}`,
            mode: positions.length <= MAX_LABELS ? "markers+text" : "markers",
            x: flat.map(([, column]) => column),
            y: flat.map(([row]) => row),
            text: own.map(({ token }, place) => (kind === "text" || place === 0 || place === own.length - 1 ? String(token + 1) : "")),
            textposition: "top right",
            textfont: { size: 10, color: colour("soft") },
            marker: {
              symbol: kind === "text" ? "circle" : "square",
              size: kind === "text" ? 8 : 9,
              // Frames of a video lie one behind the other.
              opacity: kind === "video" ? 0.55 : 1,
              color: colour(`series-${(index % 8) + 1}`),
            },
            hovertext: own.map(({ place, token }) => t("token {token} at ({place})", { token: token + 1, place: place.join(", ") })),
            hoverinfo: "text",
          };
        }),
        { name: t("next text"), mode: "markers", x: [toPlane(next)[1]], y: [toPlane(next)[0]], marker: { symbol: "circle-open", size: 9, color: colour("soft") }, hovertext: [t("next text at ({place})", { place: next.join(", ") })], hoverinfo: "text" },
      ],
      layout: {
        xaxis: { title: positions[0].length > 1 ? t("column") : t("position"), constrain: "domain" },
        yaxis: { title: positions[0].length > 1 ? t("row") : "", autorange: "reversed", scaleanchor: "x", constrain: "domain" },
      },
    }),
    t("{n} tokens; the next text would lie at ({place}).", { n: positions.length, place: next.join(", ") }),
  );
}

function drawDecay(curve, map) {
  return plots.decay.draw(
    () => ({
      traces: [
        { name: t("along the diagonal, as text"), mode: "lines", x: curve.offsets, y: curve.score, line: { color: colour("series-1"), width: 2 } },
        { name: t("along a row"), mode: "lines", x: map.offsets, y: map.score[map.offsets.indexOf(0)], line: { color: colour("series-2"), width: 2 } },
      ],
      layout: { xaxis: { title: t("offset") } },
    }),
    t("Largest at offset 0, {score}, and falling with the distance, in waves.", { score: Math.max(...curve.score).toFixed(2) }),
    [curve, map],
  );
}

function drawMap(map) {
  return plots.map.draw(
    () => ({
      traces: [
        {
          type: "heatmap",
          x: map.offsets,
          y: map.offsets,
          z: map.score,
          colorscale: sequentialScale(),
          colorbar: { thickness: 10, outlinewidth: 0 },
          hovertemplate: "dx %{y}, dy %{x}: %{z:.3f}<extra></extra>",
        },
      ],
      layout: {
        xaxis: { title: "dy", constrain: "domain" },
        yaxis: { title: "dx", scaleanchor: "x", constrain: "domain" },
      },
    }),
    t("Largest in the middle, with a cross of offsets along one axis only."),
    [map],
  );
}
