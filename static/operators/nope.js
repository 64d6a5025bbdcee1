// Attention without positions: the length of a vector as a clock, and what shuffling does.

import { startPage, warningsOf } from "./page.js";
import { colour, Plot, sequentialScale } from "./plot.js";
import { t } from "../words.js";

const SHUFFLED_TOKENS = 8;
const SHUFFLED_DIMENSION = 8;
const BLURRED = 1e-4;

const plots = Object.fromEntries(
  ["square", "resolution", "weights", "shuffle"].map((id) => [id, new Plot(`plot-${id}`)]),
);

const page = startPage({ compute, show });

document.getElementById("shuffle").addEventListener("click", () => {
  page.set("order", Number(page.read().order) + 1);
  page.commit();
});

async function compute(state, ask) {
  const length = Number(state.length);
  const [simulation, resolution, shuffle] = await Promise.all([
    ask("nope_simulation", {
      length,
      dimension: Number(state.dimension),
      sigma: Number(state.sigma),
      mean: Number(state.mean),
      sharpness: Number(state.sharpness),
      layers: Number(state.layers),
      seed: Number(state.seed),
    }),
    ask("position_resolution", { positions: Array.from({ length }, (_, index) => index + 1) }),
    ask("attention_shuffle", {
      length: SHUFFLED_TOKENS,
      dimension: SHUFFLED_DIMENSION,
      sharpness: Number(state.sharpness),
      seed: Number(state.order),
    }),
  ]);
  return { simulation, resolution, shuffle };
}

async function show(state, { simulation, resolution, shuffle }) {
  const { position, mean_square: square, expected, effective_length: effective, weights } = simulation.result;
  await Promise.all([
    drawSquares(position, square, expected),
    drawResolution(position, resolution.result),
    drawWeights(weights),
    drawShuffle(shuffle.result),
  ]);
  const places = position.filter((n) => n === position.length || Number.isInteger(Math.log2(n)));
  return {
    tables: [
      {
        caption: t("By position"),
        columns: ["n", t("mean square of yₙ"), t("law"), t("effective tokens"), t("resolution")],
        rows: places.map((n) => [n, square[n - 1], expected[n - 1], effective[n - 1], resolution.result.resolution[n - 1]]),
      },
      {
        caption: t("Largest change of yₙ by the shuffle"),
        columns: ["n", t("token there now"), t("bidirectional"), t("causal")],
        rows: shuffle.result.order.map((token, i) => [i + 1, token + 1, shuffle.result.bidirectional[i], shuffle.result.causal[i]]),
      },
    ],
    warnings: [...warningsOf(simulation), ...warnOfBlur(resolution.result.resolution)],
  };
}

function warnOfBlur(resolution) {
  const last = resolution.at(-1);
  if (last >= BLURRED) return [];
  return [
    t("At n = {n} the norm tells a position from the next by {share} of the norm of one token: on long input neighbours are all but the same.", { n: resolution.length, share: last.toPrecision(2) }),
  ];
}

function drawSquares(position, square, expected) {
  return plots.square.draw(
    () => ({
      traces: [
        { name: t("measured"), mode: "markers", x: position, y: square, marker: { size: 5, color: colour("series-1") } },
        { name: "μ² + σ²/n", mode: "lines", x: position, y: expected, line: { color: colour("series-2"), width: 2 } },
      ],
      layout: { xaxis: { type: "log", title: "n", dtick: 1 }, yaxis: { type: "log", dtick: 1 } },
    }),
    t("From {first} at n = 1 to {last} at n = {n}; the law says {law}.", { first: square[0].toPrecision(3), last: square.at(-1).toPrecision(3), n: position.length, law: expected.at(-1).toPrecision(3) }),
  );
}

function drawResolution(position, { resolution, asymptotic }) {
  return plots.resolution.draw(
    () => ({
      traces: [
        { name: "1/√n − 1/√(n+1)", mode: "lines", x: position, y: resolution, line: { color: colour("series-1"), width: 2 } },
        { name: "n^(−3/2)/2", mode: "lines", x: position, y: asymptotic, line: { color: colour("series-7"), width: 1.5, dash: "dot" } },
      ],
      layout: { xaxis: { type: "log", title: "n", dtick: 1 }, yaxis: { type: "log", dtick: 1 } },
    }),
    t("From {first} down to {last}.", { first: resolution[0].toPrecision(3), last: resolution.at(-1).toPrecision(3) }),
    [resolution],
  );
}

function drawWeights(weights) {
  return plots.weights.draw(
    () => ({
      traces: weights
        ? [
            {
              type: "heatmap",
              z: weights.map((row) => row.map((weight) => (weight > 0 ? Math.log10(weight) : null))),
              x0: 1,
              y0: 1,
              zmin: -3,
              zmax: 0,
              colorscale: sequentialScale(),
              colorbar: { thickness: 10, outlinewidth: 0, tickvals: [-3, -2, -1, 0], ticktext: ["0.001", "0.01", "0.1", "1"] },
              hovertemplate: t("query {query}, key {key}", { query: "%{y}", key: "%{x}" }) + ": 10^%{z:.2f}<extra></extra>",
            },
          ]
        : [],
      layout: {
        xaxis: { title: t("key"), constrain: "domain" },
        yaxis: { title: t("query"), autorange: "reversed", scaleanchor: "x", constrain: "domain" },
        annotations: weights ? [] : [{ text: t("Given up to a length of 200."), xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false }],
      },
    }),
    t("Lower triangle: each query sees the keys up to its own, by a logarithmic colour."),
    [weights],
  );
}

function drawShuffle({ bidirectional, causal }) {
  const queries = causal.map((_, index) => index + 1);
  return plots.shuffle.draw(
    () => ({
      traces: [
        { type: "bar", name: t("bidirectional"), x: queries, y: bidirectional, marker: { color: colour("series-2") } },
        { type: "bar", name: t("causal"), x: queries, y: causal, marker: { color: colour("series-1") } },
      ],
      layout: { xaxis: { title: "n", dtick: 1 }, yaxis: { rangemode: "tozero", range: [0, Math.max(0.5, ...causal) * 1.05] } },
    }),
    t("Bidirectional at most {both}; causal up to {causal}, and {last} for the last.", { both: Math.max(...bidirectional).toExponential(1), causal: Math.max(...causal).toPrecision(2), last: causal.at(-1).toExponential(1) }),
    [causal],
  );
}
