// Attention without positions: the length of a vector as a clock, and what shuffling does.

import { startPage, warningsOf } from "./page.js";
import { colour, Plot, sequentialScale } from "./plot.js";

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
        caption: "By position",
        columns: ["n", "mean square of yₙ", "law", "effective tokens", "resolution"],
        rows: places.map((n) => [n, square[n - 1], expected[n - 1], effective[n - 1], resolution.result.resolution[n - 1]]),
      },
      {
        caption: "Largest change of yₙ by the shuffle",
        columns: ["n", "token there now", "bidirectional", "causal"],
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
    `At n = ${resolution.length} the norm tells a position from the next by ${last.toPrecision(2)} of the norm of one token: ` +
      "on long input neighbours are all but the same.",
  ];
}

function drawSquares(position, square, expected) {
  return plots.square.draw(
    () => ({
      traces: [
        { name: "measured", mode: "markers", x: position, y: square, marker: { size: 5, color: colour("series-1") } },
        { name: "μ² + σ²/n", mode: "lines", x: position, y: expected, line: { color: colour("series-2"), width: 2 } },
      ],
      layout: { xaxis: { type: "log", title: "n", dtick: 1 }, yaxis: { type: "log", dtick: 1 } },
    }),
    `From ${square[0].toPrecision(3)} at n = 1 to ${square.at(-1).toPrecision(3)} at n = ${position.length}; the law says ${expected.at(-1).toPrecision(3)}.`,
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
    `From ${resolution[0].toPrecision(3)} down to ${resolution.at(-1).toPrecision(3)}.`,
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
              hovertemplate: "query %{y}, key %{x}: 10^%{z:.2f}<extra></extra>",
            },
          ]
        : [],
      layout: {
        xaxis: { title: "key", constrain: "domain" },
        yaxis: { title: "query", autorange: "reversed", scaleanchor: "x", constrain: "domain" },
        annotations: weights ? [] : [{ text: "Given up to a length of 200.", xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false }],
      },
    }),
    "Lower triangle: each query sees the keys up to its own, by a logarithmic colour.",
    [weights],
  );
}

function drawShuffle({ bidirectional, causal }) {
  const queries = causal.map((_, index) => index + 1);
  return plots.shuffle.draw(
    () => ({
      traces: [
        { type: "bar", name: "bidirectional", x: queries, y: bidirectional, marker: { color: colour("series-2") } },
        { type: "bar", name: "causal", x: queries, y: causal, marker: { color: colour("series-1") } },
      ],
      layout: { xaxis: { title: "n", dtick: 1 }, yaxis: { rangemode: "tozero", range: [0, Math.max(0.5, ...causal) * 1.05] } },
    }),
    `Bidirectional at most ${Math.max(...bidirectional).toExponential(1)}; causal up to ${Math.max(...causal).toPrecision(2)}, and ${causal.at(-1).toExponential(1)} for the last.`,
    [causal],
  );
}
