// Smooth top-k: one vector, one operator at a time, beside the hard choice.

import { formatValue, parseNumbers } from "./controls.js";
import { Handles } from "./handles.js";
import { startPage, warningsOf } from "./page.js";
import { colour, divergingScale, Plot } from "./plot.js";
import { t } from "../words.js";

const OPERATORS = {
  grad: { operator: "grad_top_k", hasJacobian: true },
  exp: { operator: "thre_top_k_exp", hasJacobian: true, step: "exp" },
  sigmoid: { operator: "thre_top_k_sigmoid", hasJacobian: true, step: "sigmoid" },
  laplace: { operator: "thre_top_k_laplace", hasJacobian: true, step: "laplace" },
  iterated: { operator: "iterated_softmax_top_k" },
  weighted: { operator: "weighted_softmax_top_k" },
  recursive: { operator: "grad_top_k_recursive" },
};
const TEMPERATURES = Array.from({ length: 61 }, (_, i) => 10 ** (-2 + i / 15));
const STEP_RANGE = { low: -4, high: 4, points: 161 };
const MAX_JACOBIAN_SHOWN = 40;

const plots = Object.fromEntries(
  ["x", "p", "tau", "step", "jacobian"].map((id) => [id, new Plot(`plot-${id}`)]),
);

const page = startPage({ compute, show });

const handles = new Handles(plots.x, {
  step: 0.05,
  onMove(index, _x, y) {
    const x = parseNumbers(page.read().x);
    x[index] = y;
    page.set("x", x.join(", "));
  },
  onCommit: () => page.commit(),
});

async function compute(state, ask) {
  const x = parseNumbers(state.x);
  const k = Number(state.k);
  const { operator, hasJacobian } = OPERATORS[state.op];
  const withJacobian = hasJacobian && x.length <= MAX_JACOBIAN_SHOWN;
  const [chosen, steps, sweep] = await Promise.all([
    ask(operator, { x, k, temperature: Number(state.tau), ...(withJacobian ? { jacobian: true } : {}) }),
    ask("top_k_steps", STEP_RANGE),
    ask(operator, { x: TEMPERATURES.map((tau) => x.map((value) => value / tau)), k }),
  ]);
  return { chosen, steps, sweep };
}

async function show(state, { chosen, steps, sweep }) {
  const x = parseNumbers(state.x);
  const entries = x.map((_, index) => index + 1);
  const { p, hard, total, threshold, jacobian } = chosen.result;
  handles.show(
    x.map((value, index) => ({ x: index + 1, y: value, label: t("Entry {n}", { n: index + 1 }), text: String(value), free: "y" })),
  );
  await Promise.all([
    drawEntries(x, entries, threshold, Number(state.tau)),
    drawChoice(entries, p, hard),
    drawSweep(entries, sweep.result.p, Number(state.tau)),
    drawSteps(steps.result, OPERATORS[state.op].step),
    drawJacobian(entries, jacobian, state.op),
  ]);
  const tables = [
    {
      caption: `${chosen.operator}, k = ${formatValue(state.k)}`,
      columns: [t("entry"), "x", "p", t("hard top-k")],
      rows: entries.map((entry, i) => [entry, x[i], p[i], hard[i]]),
    },
    {
      caption: t("Sum and threshold"),
      columns: [t("quantity"), t("value")],
      rows: [
        [t("sum of p"), total],
        [t("threshold λ, of x/τ"), threshold],
      ],
    },
    {
      caption: t("p against the temperature"),
      columns: ["log₁₀ τ", ...entries.map((entry) => `p ${entry}`)],
      rows: TEMPERATURES.map((tau, i) => [Math.log10(tau), ...sweep.result.p[i]]).filter((_, i) => i % 5 === 0),
    },
  ];
  if (jacobian) {
    tables.push({
      caption: t("Jacobian"),
      columns: ["∂p / ∂x", ...entries],
      rows: entries.map((entry, i) => [entry, ...jacobian[i]]),
    });
  }
  return { tables, warnings: [...warningsOf(chosen), ...tellTies(x, hard)] };
}

function tellTies(x, hard) {
  const isSplit = x.some((a, i) => x.some((b, j) => a === b && hard[i] !== hard[j]));
  return isSplit ? [t("A tie: equal entries get equal shares of p, and the hard choice takes the first of them.")] : [];
}

function drawEntries(x, entries, threshold, tau) {
  const level = threshold === null || threshold === undefined ? null : threshold * tau;
  const shown = level === null ? x : [...x, level];
  const pad = 0.6 + 0.06 * (Math.max(...shown) - Math.min(...shown));
  return plots.x.draw(
    () => ({
      traces: [
        { type: "bar", name: "x", x: entries, y: x, marker: { color: colour("series-7") }, hovertemplate: "x<sub>%{x}</sub> = %{y}<extra></extra>" },
        ...(level === null
          ? []
          : [{ name: "τλ", mode: "lines", x: [0.4, x.length + 0.6], y: [level, level], line: { color: colour("series-2"), width: 2 }, hovertemplate: "τλ = %{y:.4f}<extra></extra>" }]),
      ],
      layout: {
        showlegend: level !== null,
        xaxis: { dtick: x.length > 12 ? 4 : 1, range: [0.4, x.length + 0.6] },
        yaxis: { range: [Math.min(0, ...shown) - pad, Math.max(0, ...shown) + pad] },
      },
    }),
    level === null
      ? t("Entries {x}; this operator has no threshold.", { x: x.join(", ") })
      : t("Entries {x}; the threshold lies at {level}.", { x: x.join(", "), level: level.toFixed(4) }),
  );
}

function drawChoice(entries, p, hard) {
  return plots.p.draw(
    () => ({
      traces: [
        { type: "bar", name: t("hard"), x: entries, y: hard, marker: { color: colour("ghost") } },
        { type: "bar", name: "p", x: entries, y: p, width: 0.42, marker: { color: colour("series-1") } },
      ],
      layout: { barmode: "overlay", xaxis: { dtick: entries.length > 12 ? 4 : 1 }, yaxis: { range: [Math.min(0, ...p), Math.max(1.05, ...p.map((value) => value * 1.05))] } },
    }),
    t("p is {p}.", { p: p.map((value) => (value === null ? t("undefined") : value.toFixed(3))).join(", ") }),
  );
}

function drawSweep(entries, rows, tau) {
  const logs = TEMPERATURES.map(Math.log10);
  return plots.tau.draw(
    () => ({
      traces: [
        ...entries.map((entry, i) => ({
          name: `p ${entry}`,
          mode: "lines",
          x: logs,
          y: rows.map((row) => row[i]),
          line: { color: colour(`series-${(i % 8) + 1}`), width: 2 },
        })),
        { mode: "lines", x: [Math.log10(tau), Math.log10(tau)], y: [0, 1], line: { color: colour("soft"), width: 1, dash: "dot" }, showlegend: false, hoverinfo: "skip" },
      ],
      layout: { showlegend: entries.length <= 8, xaxis: { title: "log₁₀ τ" } },
    }),
    t("To the left the lines part to 0 and 1 if the operator tends to the hard choice; to the right they meet at k/n."),
  );
}

function drawSteps(result, chosen) {
  return plots.step.draw(
    () => ({
      traces: result.steps.flatMap(({ step: name, value, slope }, index) => {
        const line = { color: colour(`series-${index + 1}`), width: name === chosen ? 3 : 1.5 };
        return [
          { name, mode: "lines", x: result.t, y: value, line },
          { name: `${name}′`, mode: "lines", x: result.t, y: slope, line: { ...line, dash: "dot" }, showlegend: false },
        ];
      }),
      layout: { xaxis: { title: "t" } },
    }),
    t("Solid lines are the steps, from 0 to 1; dotted lines their slopes. The exponential step has a kink at 0."),
    [result, chosen],
  );
}

function drawJacobian(entries, jacobian, op) {
  const largest = jacobian ? Math.max(...jacobian.flat().map(Math.abs), 1e-12) : 1;
  return plots.jacobian.draw(
    () => ({
      traces: jacobian
        ? [{ type: "heatmap", x: entries, y: entries, z: jacobian, zmin: -largest, zmax: largest, colorscale: divergingScale(), colorbar: { thickness: 10, outlinewidth: 0 }, hovertemplate: "∂p<sub>%{y}</sub>/∂x<sub>%{x}</sub> = %{z:.4f}<extra></extra>" }]
        : [],
      layout: {
        xaxis: { title: "j", dtick: entries.length > 12 ? 4 : 1, constrain: "domain" },
        yaxis: { title: "i", dtick: entries.length > 12 ? 4 : 1, autorange: "reversed", scaleanchor: "x", constrain: "domain" },
        annotations: jacobian ? [] : [{ text: t("No Jacobian is given for this operator."), xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false }],
      },
    }),
    jacobian ? t("Positive on the diagonal, negative beside it; every row sums to 0.") : t("No Jacobian is given for this operator."),
  );
}
