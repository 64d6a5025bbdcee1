// Softmax and its alternatives: six maps of one vector of scores, side by side.

import { parseNumbers } from "./controls.js";
import { Handles } from "./handles.js";
import { startPage, warningsOf } from "./page.js";
import { colour, Plot, sequentialScale } from "./plot.js";
import { t } from "../words.js";

const RANGE = 5;
const DIFFERENCES = range(-4, 4, 0.1);
const LEADS = { low: -3, high: 3, points: 121 };
const SUPPORT_POINTS = 51;
const TRIANGLE_SIDE = 30;
const TRIANGLE = makeTriangle(TRIANGLE_SIDE);
const PERTURB_NODES = 400;

const MAPS = {
  softmax: { name: "softmax", operator: "softmax", options: () => ({}) },
  entmax: { name: "entmax", operator: "entmax", options: ({ alpha }) => ({ alpha: Number(alpha) }) },
  sparsemax: { name: "sparsemax", operator: "sparsemax", options: () => ({}) },
  sparse: { name: t("sparse softmax"), operator: "sparse_softmax", options: ({ k }, n) => ({ k: Math.min(k, n) }) },
  taylor: { name: "Taylor", operator: "taylor_softmax", options: ({ degree }) => ({ degree: Number(degree) }) },
  perturbed: {
    name: t("perturbed"),
    operator: "perturb_max",
    options: ({ noise }) => ({ noise, nodes: PERTURB_NODES }),
  },
};

const plots = Object.fromEntries(
  ["x", "p", "two", "simplex", "support", "loss"].map((id) => [id, new Plot(`plot-${id}`)]),
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

function range(low, high, step) {
  return Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => Number((low + i * step).toFixed(6)));
}

/** Points of the triangle of probabilities, none on its border, where a logarithm would end. */
function makeTriangle(side) {
  const points = [];
  for (let i = 0; i <= side; i += 1) {
    for (let j = 0; j <= side - i; j += 1) {
      const p = [i, j, side - i - j].map((count) => (count + 0.02) / (side + 0.06));
      points.push(p);
    }
  }
  return points;
}

async function compute(state, ask) {
  const x = parseNumbers(state.x);
  const temperature = Number(state.tau);
  const run = (key, rows) =>
    ask(MAPS[key].operator, { x: rows, temperature, ...MAPS[key].options(state, (rows[0].length ?? rows.length)) });
  const everyMap = async (rows) => {
    const found = await Promise.all(Object.keys(MAPS).map((key) => run(key, rows)));
    return Object.fromEntries(Object.keys(MAPS).map((key, index) => [key, found[index]]));
  };
  const [maps, pairs, triangle, support, losses] = await Promise.all([
    everyMap(x),
    everyMap(DIFFERENCES.map((difference) => [difference, 0])),
    run(state.map, TRIANGLE.map((p) => p.map((share) => temperature * Math.log(share)))),
    ask("entmax_support_curve", { x, temperature, points: SUPPORT_POINTS }),
    ask("loss_margin_curve", { ...LEADS, alpha: Number(state.alpha), margin: Number(state.margin), temperature }),
  ]);
  return { ...maps, pairs, triangle, support, losses };
}

async function show(state, answers) {
  const x = parseNumbers(state.x);
  const entries = x.map((_, index) => index + 1);
  handles.show(
    x.map((value, index) => ({
      x: index + 1,
      y: value,
      label: t("Score {n}", { n: index + 1 }),
      text: String(value),
      free: "y",
    })),
  );
  await Promise.all([
    drawScores(x, entries),
    drawMaps(entries, answers),
    drawPairs(answers),
    drawTriangle(state, answers, x),
    drawSupport(state, answers),
    drawLosses(answers),
  ]);
  const names = Object.keys(MAPS);
  return {
    tables: [
      {
        caption: t("Probabilities"),
        columns: [t("entry"), "x", ...names.map((key) => MAPS[key].name)],
        rows: entries.map((entry, i) => [entry, x[i], ...names.map((key) => answers[key].result.p[i])]),
      },
      {
        caption: t("Thresholds and supports"),
        columns: [t("map"), t("threshold λ"), t("entries above zero")],
        rows: ["entmax", "sparsemax", "sparse", "taylor"].map((key) => {
          const { threshold, support_size: size } = answers[key].result;
          return [MAPS[key].name, threshold, size];
        }),
      },
      {
        caption: t("Two scores: p₁ against x₁ − x₂"),
        columns: ["x₁ − x₂", ...names.map((key) => MAPS[key].name)],
        rows: everyNth(10, DIFFERENCES, ...names.map((key) => answers.pairs[key].result.p.map((pair) => pair[0]))),
      },
      {
        caption: t("Entries above zero against α"),
        columns: ["α", t("entries")],
        rows: everyNth(5, answers.support.result.alpha, answers.support.result.support_size),
      },
      {
        caption: t("Losses against the target’s lead"),
        columns: [t("lead"), ...answers.losses.result.losses.map(({ loss }) => nameLoss(loss))],
        rows: everyNth(10, answers.losses.result.lead, ...answers.losses.result.losses.map(({ value }) => value)),
      },
    ],
    warnings: [
      ...names.flatMap((key) => warningsOf(answers[key]).map((warning) => `${MAPS[key].name}: ${warning}`)),
      ...explainTaylor(x, answers),
    ],
  };
}

function explainTaylor(x, answers) {
  const p = answers.taylor.result.p;
  const broken = x.some((a, i) => x.some((b, j) => a > b && p[i] < p[j]));
  return broken ? [t("Taylor softmax gives a smaller score more than a larger one here: it does not keep the order.")] : [];
}

/** Rows of a table from columns of a curve, every nth point of it. */
function everyNth(step, first, ...others) {
  const places = first.map((_, index) => index).filter((index) => index % step === 0);
  return places.map((index) => [first[index], ...others.map((column) => column[index])]);
}

function nameLoss(loss) {
  return { am_softmax: "AM-softmax", smooth_accuracy: t("minus p") }[loss] ?? loss.replace("_", "-");
}

function drawScores(x, entries) {
  const low = Math.min(-1, ...x) - 0.5;
  const high = Math.max(RANGE, ...x) + 0.5;
  return plots.x.draw(
    () => ({
      traces: [{ type: "bar", x: entries, y: x, marker: { color: colour("series-7") }, hovertemplate: "x<sub>%{x}</sub> = %{y}<extra></extra>" }],
      // A common offset leaves the bars in sight.
      layout: { xaxis: { dtick: 1, range: [0.4, x.length + 0.6] }, yaxis: { range: Math.max(...x.map(Math.abs)) > 50 ? undefined : [low, high] } },
    }),
    t("Scores {x}.", { x: x.join(", ") }),
  );
}

function drawMaps(entries, answers) {
  const traces = () =>
    Object.keys(MAPS).map((key, index) => ({
      type: "bar",
      name: MAPS[key].name,
      x: entries,
      y: answers[key].result.p,
      marker: { color: colour(`series-${index + 1}`) },
    }));
  return plots.p.draw(
    () => ({ traces: traces(), layout: { barmode: "group", xaxis: { dtick: 1 }, yaxis: { range: [0, 1.02] }, bargap: 0.15 } }),
    t("Softmax gives {p}.", { p: answers.softmax.result.p.map((share) => share.toFixed(3)).join(", ") }),
  );
}

function drawPairs(answers) {
  return plots.two.draw(
    () => ({
      traces: Object.keys(MAPS).map((key, index) => ({
        name: MAPS[key].name,
        mode: "lines",
        x: DIFFERENCES,
        y: answers.pairs[key].result.p.map((pair) => pair[0]),
        line: { color: colour(`series-${index + 1}`), width: 2 },
      })),
      layout: { xaxis: { title: "x₁ − x₂" }, yaxis: { range: [-0.02, 1.02] }, showlegend: false },
    }),
    t("All rise from 0 to 1; entmax and sparsemax reach both ends."),
    Object.values(answers.pairs),
  );
}

/** Where a point of the simplex lies in the plane. */
function toPlane([, b, c]) {
  return [b + c / 2, (c * Math.sqrt(3)) / 2];
}

function drawTriangle(state, answers, x) {
  const places = TRIANGLE.map(toPlane);
  const largest = answers.triangle.result.p.map((p) => Math.max(...p));
  return plots.simplex.draw(() => {
    const traces = [
      {
        mode: "markers",
        x: places.map((place) => place[0]),
        y: places.map((place) => place[1]),
        marker: { symbol: "hexagon", size: 9, color: largest, cmin: 1 / 3, cmax: 1, colorscale: sequentialScale(), showscale: true, colorbar: { thickness: 10, outlinewidth: 0 } },
        text: TRIANGLE.map((p, i) => `${p.map((share) => share.toFixed(2)).join(", ")} → ${largest[i].toFixed(3)}`),
        hovertemplate: "%{text}<extra></extra>",
      },
    ];
    if (x.length === 3) {
      const [from, to] = [answers.softmax, answers[state.map]].map((answer) => toPlane(answer.result.p));
      traces.push({
        mode: "markers",
        x: [from[0], to[0]],
        y: [from[1], to[1]],
        marker: { size: [13, 9], symbol: ["circle-open", "circle"], color: colour("series-2"), line: { width: 3, color: colour("series-2") } },
        hoverinfo: "skip",
      });
    }
    const corner = (text, left, top, anchor) => ({ text, x: left, y: top, showarrow: false, xanchor: anchor, font: { color: colour("ink") } });
    return {
      traces,
      layout: {
        showlegend: false,
        margin: { l: 10, r: 10, t: 18, b: 18 },
        xaxis: { visible: false, range: [-0.12, 1.12] },
        yaxis: { visible: false, range: [-0.1, 0.98], scaleanchor: "x" },
        annotations: [corner("1", -0.04, -0.02, "right"), corner("2", 1.04, -0.02, "left"), corner("3", 0.5, 0.93, "center")],
      },
    };
  }, t("Largest probability by {map}, from {least} in the middle to 1 at the corners.", { map: MAPS[state.map].name, least: Math.min(...largest).toFixed(2) }), [answers.triangle, answers.softmax, answers[state.map]]);
}

function drawSupport(state, answers) {
  const { alpha, support_size: sizes } = answers.support.result;
  const top = Math.max(...sizes) + 0.3;
  return plots.support.draw(
    () => ({
      traces: [
        { mode: "lines", x: alpha, y: sizes, line: { shape: "hv", width: 2, color: colour("series-1") } },
        { mode: "lines", x: [state.alpha, state.alpha], y: [0, top], line: { dash: "dot", color: colour("soft"), width: 1 }, hoverinfo: "skip" },
      ],
      layout: { showlegend: false, xaxis: { title: "α", range: [0.97, 2.03] }, yaxis: { dtick: 1, range: [0, top] } },
    }),
    t("{first} at α = 1, {last} at α = 2.", { first: sizes[0], last: sizes.at(-1) }),
    [answers.support, state.alpha],
  );
}

function drawLosses(answers) {
  const { lead, losses } = answers.losses.result;
  return plots.loss.draw(
    () => ({
      traces: losses.flatMap(({ loss, value, slope }, index) => {
        const line = { color: colour(`series-${index + 1}`), width: 2 };
        const name = nameLoss(loss);
        return [
          { name, mode: "lines", x: lead, y: value, line },
          { name: t("{name}, slope", { name }), mode: "lines", x: lead, y: slope, line: { ...line, dash: "dot", width: 1.5 }, showlegend: false },
        ];
      }),
      layout: { xaxis: { title: t("lead of the target") } },
    }),
    t("All losses fall as the target takes the lead; the sparse ones reach zero, sparsemax’s at a lead of 1."),
    [answers.losses],
  );
}
