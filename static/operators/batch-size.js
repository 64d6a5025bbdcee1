// Learning rate against batch size: the laws on one quadratic, the price in steps and examples, and
// a simulation of the formula.

import { formatValue } from "./controls.js";
import { Handles } from "./handles.js";
import { startPage, warningsOf } from "./page.js";
import { colour, Plot } from "./plot.js";
import { t } from "../words.js";

// Equal gradients and one curvature between each two parameters: the sums D, O, G₁ and κ² say all.
const PARAMETERS = 16;
const BATCH_SIZES = Array.from({ length: 97 }, (_, i) => 10 ** (i / 16));
const TABLE_BATCH_SIZES = [1, 10, 100, 1000, 1e6];
const SIMULATED_BATCH_SIZES = [1, 3, 10, 30, 100, 300, 1000, 3000];
const SIMULATED_QUADRATIC = { parameters: 6, condition: 5, coupling: 0.8, noise: 5 };
const LAWS = {
  sqrt: t("square root"),
  linear: t("linear"),
  sgd: "SGD",
  sign: t("sign, exact mean"),
  sign_meanfield: t("sign, mean field"),
  softsign: t("softsign with ε"),
};
const NOISE_SIZE = t("noise batch size of SGD");
const PEAK = t("peak of the sign step");
const MAX_BATCH_SIZE = 10_000;

const plots = Object.fromEntries(
  ["eta", "efficiency", "simulation"].map((id) => [id, new Plot(`plot-${id}`)]),
);
let efficiencyBatchSize = 1;

const page = startPage({ compute, show });

const handles = new Handles(plots.efficiency, {
  step: 0.02,
  onMove(_index, logExamples) {
    const size = efficiencyBatchSize * (10 ** logExamples - 1);
    page.set("B", formatValue(Math.min(MAX_BATCH_SIZE, Math.max(1, size))));
  },
  onCommit: () => page.commit(),
});

async function compute(state, ask) {
  const [D, O, G1, kappa2, beta1, B] = ["D", "O", "G1", "kappa2", "beta1", "B"].map((name) => Number(state[name]));
  const quadratic = makeQuadratic(D, O, G1, kappa2);
  const factor = (1 + beta1) / (1 - beta1);
  const askCurves = (sizes) =>
    ask("batch_size_curves", {
      ...quadratic,
      batch_sizes: sizes.map((size) => size * factor),
      base_batch_size: B * factor,
      epsilon: Number(state.eps) * quadratic.gradient[0],
    });
  const [curves, table, momentum, simulation] = await Promise.all([
    askCurves(BATCH_SIZES),
    askCurves([...TABLE_BATCH_SIZES, B]),
    ask("momentum", { beta1, simple_noise_batch_size: kappa2 }),
    simulate(state, ask),
  ]);
  const efficiency = await ask("data_efficiency", {
    batch_sizes: [B, ...BATCH_SIZES].map((size) => size * factor),
    steps_min: 1,
    noise_batch_size: curves.result.surge.efficiency_batch_size,
  });
  return { curves, table, momentum, efficiency, simulation };
}

function makeQuadratic(D, O, G1, kappa2) {
  const gradient = Array(PARAMETERS).fill(G1 / PARAMETERS);
  const coupling = O / (PARAMETERS * (PARAMETERS - 1));
  return {
    gradient,
    sigma: gradient.map((g) => g * Math.sqrt(kappa2)),
    hessian: gradient.map((_, i) => gradient.map((__, j) => (i === j ? D / PARAMETERS : coupling))),
  };
}

async function simulate(state, ask) {
  const seed = Number(state.seed);
  const { result } = await ask("random_quadratic", { ...SIMULATED_QUADRATIC, seed });
  return ask("quadratic_simulation", {
    ...result,
    batch_sizes: SIMULATED_BATCH_SIZES,
    update: state.update,
    seed,
  });
}

async function show(state, { curves, table, momentum, efficiency, simulation }) {
  const { factor, surge_batch_size: diagonalSurge, update_rms: rms } = momentum.result;
  const { surge, noise_batch_size: sgdNoise } = curves.result;
  const landmarks = {
    [NOISE_SIZE]: sgdNoise / factor,
    [PEAK]: surge.noise_batch_size === null ? null : surge.noise_batch_size / factor,
  };
  efficiencyBatchSize = surge.efficiency_batch_size / factor;
  await Promise.all([
    drawRates(state, curves.result.laws, table.result.laws, landmarks),
    drawEfficiency(state, efficiency.result),
    drawSimulation(simulation.result),
  ]);
  const rowNames = [...TABLE_BATCH_SIZES, Number(state.B)];
  return {
    tables: [
      {
        caption: t("Best learning rate"),
        columns: ["B", ...Object.values(LAWS)],
        rows: rowNames.map((size, i) => [size, ...table.result.laws.map(({ eta }) => eta[i])]),
      },
      {
        caption: t("Landmarks"),
        columns: [t("quantity"), t("value")],
        rows: [
          ...Object.entries(landmarks),
          [t("noise batch size of steps and examples"), efficiencyBatchSize],
          ["√(D/O)", surge.beta_noise],
          [t("η at the peak of the sign step"), surge.eta_max],
          [t("η at B → ∞"), surge.eta_infinity],
          [t("largest ΔL of the sign step"), surge.loss_drop_max],
          [t("momentum’s factor of the batch"), factor],
          [t("root mean square of Adam’s update"), rms],
          [t("Adam with diagonal H falls beyond B"), diagonalSurge],
        ],
      },
      {
        caption: t("The point: steps and examples, in units of their least"),
        columns: ["B", t("steps"), t("examples"), t("product of the excesses")],
        rows: [[Number(state.B), efficiency.result.steps[0], efficiency.result.examples[0] / efficiency.result.examples_min, efficiency.result.hyperbola[0]]],
      },
      {
        caption: t("Simulated quadratic"),
        columns: ["B", t("measured best η"), t("formula"), t("measured ΔL"), t("± standard error"), t("formula ΔL")],
        rows: SIMULATED_BATCH_SIZES.map((size, i) => [
          size,
          ...["measured_eta", "formula_eta", "measured_loss_drop", "standard_error", "formula_loss_drop"].map((name) => simulation.result[name][i]),
        ]),
      },
    ],
    warnings: [...warningsOf(curves), ...tellSurge(landmarks[PEAK], surge)],
  };
}

function tellSurge(peak, surge) {
  if (peak === null) return [];
  const fall = (1 - surge.eta_infinity / surge.eta_max) * 100;
  return [t("Surge: beyond B = {peak} the best rate of the sign step falls, by {fall} % in the end.", { peak: peak.toPrecision(3), fall: fall.toPrecision(2) })];
}

/** Rates of different steps have different units: each law is drawn in units of its rate at the point. */
function drawRates(state, laws, atPoint, landmarks) {
  const relative = laws.map(({ eta }, index) => eta.map((rate) => rate / atPoint[index].eta.at(-1)));
  const top = 1.3 * Math.max(...relative.slice(2).flat());
  const named = Object.entries(landmarks).map(([name, size]) => [name, size === null ? t("none") : size.toPrecision(3)].join(" "));
  return plots.eta.draw(
    () => ({
      traces: [
        ...laws.map(({ law }, index) => ({
          name: LAWS[law],
          mode: "lines",
          x: BATCH_SIZES,
          y: relative[index],
          line: { color: colour(`series-${index + 1}`), width: law === "sign_meanfield" ? 3 : 1.8, dash: index < 2 ? "dash" : "solid" },
        })),
        ...Object.entries(landmarks)
          .filter(([, size]) => size !== null && size > 0)
          .map(([name, size]) => ({ name, mode: "lines", x: [size, size], y: [0, top], line: { color: colour("soft"), width: 1, dash: "dot" }, showlegend: false, hovertemplate: `${name}: ${size.toPrecision(4)}<extra></extra>` })),
      ],
      layout: {
        xaxis: { type: "log", title: t("batch size B"), dtick: 1, range: [0, 6] },
        yaxis: { title: t("η / η at the point"), range: [0, top] },
        annotations: Object.entries(landmarks)
          .filter(([, size]) => size !== null && size >= 1 && size <= 1e6)
          .map(([name, size], index) => ({ text: name, x: Math.log10(size), y: top, xanchor: "left", yanchor: "top", yshift: -16 * index, showarrow: false, font: { size: 11, color: colour("soft") } })),
      },
    }),
    t("All laws are 1 at B = {B}; landmarks {landmarks}.", { B: state.B, landmarks: named.join(", ") }),
  );
}

function drawEfficiency(state, { steps, examples, examples_min: least }) {
  const logSteps = steps.map(Math.log10);
  const logExamples = examples.map((count) => Math.log10(count / least));
  handles.show([
    { x: logExamples[0], y: logSteps[0], label: t("Batch size on the hyperbola"), text: `B = ${state.B}`, free: "x", minX: 0 },
  ]);
  return plots.efficiency.draw(
    () => ({
      traces: [
        { mode: "lines", x: logExamples.slice(1), y: logSteps.slice(1), line: { color: colour("series-1"), width: 2 }, text: BATCH_SIZES.map((size) => `B = ${size.toPrecision(3)}`), hovertemplate: "%{text}<extra></extra>" },
        { mode: "markers", x: [Math.log10(2)], y: [Math.log10(2)], marker: { symbol: "x", size: 9, color: colour("series-2") }, hovertemplate: t("B = B_noise: twice the least of both") + "<extra></extra>" },
      ],
      layout: { showlegend: false, xaxis: { title: t("log₁₀ of examples"), range: [-0.05, 2.5] }, yaxis: { title: t("log₁₀ of steps"), range: [-0.05, 2.5] } },
    }),
    t("At B = {B}: {steps} times the fewest steps and {examples} times the fewest examples.", { B: state.B, steps: steps[0].toPrecision(3), examples: (examples[0] / least).toPrecision(3) }),
  );
}

function drawSimulation({ measured_eta: measured, formula_eta: formula }) {
  return plots.simulation.draw(
    () => ({
      traces: [
        { name: t("measured"), mode: "markers", x: SIMULATED_BATCH_SIZES, y: measured, marker: { size: 8, color: colour("series-1") } },
        { name: t("formula"), mode: "lines", x: SIMULATED_BATCH_SIZES, y: formula, line: { color: colour("series-2"), width: 2 } },
      ],
      layout: { xaxis: { type: "log", title: "B", dtick: 1 }, yaxis: { title: t("best η"), rangemode: "tozero" } },
    }),
    t("Measured {measured}; formula {formula}.", { measured: measured.map((eta) => eta.toPrecision(2)).join(", "), formula: formula.map((eta) => eta.toPrecision(2)).join(", ") }),
    [measured, formula],
  );
}
