// Vector quantisation: a plane of codes, ways to carry a gradient past the choice, FSQ's grid, and a
// toy training that shows collapse.

import { Handles } from "./handles.js";
import { startPage, warningsOf } from "./page.js";
import { formatPoints, makeCell, parsePoints } from "./plane.js";
import { colour, Plot } from "./plot.js";
import { t } from "../words.js";

const GRADIENT_LENGTH = 0.7;
const TRAININGS = { vq: "VQ", ema: t("moving averages"), simvq: "SimVQ", fsq: "FSQ" };
const MAPS = { rotation: t("rotation trick"), straight_through: t("straight through"), reflection: t("reflection"), symmetric: t("symmetric") };
const TIE = 1e-9;

const plots = Object.fromEntries(
  ["plane", "fsq", "training", "usage", "counts"].map((id) => [id, new Plot(`plot-${id}`)]),
);
const ratioSlider = document.getElementById("ratio");
let code = [1, 0];

const page = startPage({ compute, show });

const handles = new Handles(plots.plane, {
  step: 0.05,
  onMove(index, x, y) {
    if (index === 0) {
      page.set("z", formatPoints([[x, y]]));
      return;
    }
    const codes = parsePoints(page.read().codes);
    codes[index - 1] = [x, y];
    page.set("codes", formatPoints(codes));
  },
  onCommit: () => page.commit(),
});

// The ratio is no state of its own: it moves z along its ray.
ratioSlider.addEventListener("input", () => {
  const [z] = parsePoints(page.read().z);
  const length = Math.hypot(...z);
  if (length === 0) return;
  const wanted = Math.hypot(...code) / 10 ** ratioSlider.value;
  page.set("z", formatPoints([z.map((part) => (part / length) * wanted)]));
});

async function compute(state, ask) {
  const [z] = parsePoints(state.z);
  const codes = parsePoints(state.codes);
  const angle = (Number(state.angle) * Math.PI) / 180;
  const levels = [Number(state.level1), Number(state.level2)];
  const [transport, nearest, fsq, ...trainings] = await Promise.all([
    ask("gradient_transport", {
      z,
      codebook: codes,
      gradient: [GRADIENT_LENGTH * Math.cos(angle), GRADIENT_LENGTH * Math.sin(angle)],
    }),
    ask("vq_nearest", { z, codebook: codes }),
    ask("fsq", { z, levels }),
    ...Object.keys(TRAININGS).map((method) =>
      ask("codebook_training", {
        method,
        start: state.start,
        levels,
        steps: Number(state.steps),
        spread: Number(state.spread),
        seed: Number(state.seed),
      }),
    ),
  ]);
  return { transport, nearest, fsq, trainings };
}

async function show(state, { transport, nearest, fsq, trainings }) {
  const [z] = parsePoints(state.z);
  const codes = parsePoints(state.codes);
  const { index, q, cosine, scale, arrows } = transport.result;
  const names = Object.keys(TRAININGS);
  const shown = trainings[names.indexOf(state.training)];
  code = q;
  showRatio(scale);
  showHandles(z, codes);
  await Promise.all([
    drawPlane(z, codes, transport.result, Number(state.angle)),
    drawFsq(fsq, [Number(state.level1), Number(state.level2)]),
    drawTraining(shown.result, TRAININGS[state.training]),
    drawUsage(trainings),
    drawCounts(shown.result, TRAININGS[state.training]),
  ]);
  return {
    tables: [
      {
        caption: t("Codes"),
        columns: [t("code"), "x", "y", t("squared distance to z"), t("nearest")],
        rows: codes.map((place, i) => [i, ...place, nearest.result.squared_distances[i], i === index]),
      },
      {
        caption: t("The gradient at z"),
        columns: [t("carried by"), "x", "y", t("length / length at q"), t("degrees from that at q")],
        rows: arrows.map((arrow) => [MAPS[arrow.map], ...arrow.gradient, arrow.norm_ratio, toDegrees(arrow.cosine)]),
      },
      {
        caption: t("z and q"),
        columns: [t("quantity"), t("value")],
        rows: [[t("degrees between them"), toDegrees(cosine)], ["|q|/|z|", scale]],
      },
      {
        caption: "FSQ",
        columns: [t("axis"), "t", "(L − 1) σ(t)", t("code"), t("slope")],
        rows: z.map((t, i) => [i + 1, t, fsq.result.bounded[i], fsq.result.codes[i], fsq.result.slope[i]]),
      },
      {
        caption: t("After training"),
        columns: [t("method"), t("share of codes in use"), t("perplexity"), t("mean squared distance")],
        rows: names.map((name, i) => {
          const { used_fraction: used, perplexity, loss } = trainings[i].result;
          return [TRAININGS[name], used.at(-1), perplexity.at(-1), loss.at(-1)];
        }),
      },
    ],
    warnings: [
      ...warningsOf(transport, nearest, fsq),
      ...arrows.flatMap((arrow) => arrow.warnings),
      ...tellTies(nearest.result.squared_distances),
      ...tellHalves(fsq.result.bounded, fsq.result.codes),
      ...names.flatMap((name, i) => warningsOf(trainings[i]).map((warning) => `${TRAININGS[name]}: ${warning}`)),
    ],
  };
}

/** An angle in degrees from its cosine, which rounding may have moved a little away from 1. */
function toDegrees(cosine) {
  if (cosine === null) return null;
  return Math.abs(cosine) > 1 - 1e-14 ? (cosine > 0 ? 0 : 180) : (Math.acos(cosine) * 180) / Math.PI;
}

function tellTies(distances) {
  const least = Math.min(...distances);
  const tied = distances.map((_, i) => i).filter((i) => distances[i] - least <= TIE);
  return tied.length > 1 ? [t("A tie: codes {codes} are as near; the lowest number is taken.", { codes: tied.join(", ") })] : [];
}

function tellHalves(bounded, codes) {
  const axis = bounded.findIndex((value) => Math.abs((value % 1) - 0.5) < TIE);
  return axis < 0 ? [] : [t("FSQ: {value} lies on a half. Half to even rounds it to {even}, half up would give {up}.", { value: bounded[axis], even: codes[axis], up: Math.floor(bounded[axis]) + 1 })];
}

function showRatio(scale) {
  document.getElementById("ratio-value").textContent = scale === null ? "–" : scale.toPrecision(3);
  if (document.activeElement !== ratioSlider && scale > 0) ratioSlider.value = Math.log10(scale);
  ratioSlider.setAttribute("aria-valuetext", scale === null ? t("undefined") : scale.toPrecision(3));
}

function showHandles(z, codes) {
  const name = ([x, y]) => t("at {x}, {y}", { x, y });
  handles.show([
    { x: z[0], y: z[1], label: "z", text: name(z), free: "xy", isMain: true },
    ...codes.map((place, i) => ({ x: place[0], y: place[1], label: t("Code {n}", { n: i }), text: name(place), free: "xy" })),
  ]);
}

function drawPlane(z, codes, { index, q, arrows: all }, angle) {
  // In the plane the symmetric map is the reflection.
  const arrows = all.filter(({ map }) => map !== "symmetric");
  const reach = Math.max(2.4, ...[z, ...codes].flat().map((part) => Math.abs(part) + 0.5));
  const box = { left: -reach, right: reach, bottom: -reach, top: reach };
  const direction = (angle * Math.PI) / 180;
  return plots.plane.draw(
    () => {
      const arrow = (from, by, paint) => ({ x: from[0] + by[0], y: from[1] + by[1], ax: from[0], ay: from[1], xref: "x", yref: "y", axref: "x", ayref: "y", showarrow: true, arrowhead: 2, arrowwidth: 2.2, arrowcolor: paint, text: "" });
      const legend = (name, paint) => ({ name, mode: "lines", x: [null], y: [null], line: { color: paint, width: 2.2 } });
      return {
        traces: [
          ...codes.map((_, i) => {
            const cell = makeCell(codes, i, box);
            return { mode: "lines", fill: "toself", x: [...cell, cell[0]].map((corner) => corner?.[0]), y: [...cell, cell[0]].map((corner) => corner?.[1]), line: { color: colour("line"), width: 1 }, fillcolor: i === index ? colour("raised") : "rgba(0,0,0,0)", hoverinfo: "skip", showlegend: false };
          }),
          { name: "codes", mode: "markers+text", x: codes.map(([x]) => x), y: codes.map(([, y]) => y), text: codes.map((_, i) => String(i)), textposition: "top right", marker: { symbol: "square", size: 9, color: codes.map((_, i) => colour(i === index ? "series-1" : "series-7")) }, hoverinfo: "skip", showlegend: false },
          { name: "z", mode: "lines+markers+text", x: [z[0], q[0]], y: [z[1], q[1]], text: ["z", ""], textposition: "bottom left", line: { color: colour("soft"), width: 1, dash: "dot" }, marker: { size: [10, 0.1], color: colour("ink") }, hoverinfo: "skip", showlegend: false },
          legend(t("gradient at q"), colour("ink")),
          ...arrows.map(({ map }, i) => legend(MAPS[map], colour(`series-${i + 2}`))),
        ],
        layout: {
          xaxis: { range: [-reach, reach], constrain: "domain" },
          yaxis: { range: [-reach, reach], scaleanchor: "x", constrain: "domain" },
          annotations: [
            arrow(q, [GRADIENT_LENGTH * Math.cos(direction), GRADIENT_LENGTH * Math.sin(direction)], colour("ink")),
            ...arrows.map(({ gradient }, i) => arrow(z, gradient, colour(`series-${i + 2}`))),
          ],
        },
      };
    },
    t("z at {z} is nearest to code {index} at {q}.", { z: z.join(", "), index, q: q.join(", ") }),
  );
}

function drawFsq({ result: { bounded, codes, index } }, [first, second]) {
  const grid = Array.from({ length: first * second }, (_, i) => [i % first, Math.floor(i / first)]);
  return plots.fsq.draw(
    () => ({
      traces: [
        { mode: "markers", x: grid.map(([x]) => x), y: grid.map(([, y]) => y), text: grid.map((_, i) => t("code number {n}", { n: i })), hovertemplate: "%{text}<extra></extra>", marker: { symbol: "square", size: 10, color: grid.map((_, i) => colour(i === index ? "series-1" : "ghost")) } },
        { mode: "lines+markers", x: [bounded[0], codes[0]], y: [bounded[1], codes[1]], line: { color: colour("series-2"), width: 1.5 }, marker: { size: [9, 0.1], color: colour("series-2") }, hovertemplate: "(%{x:.3f}, %{y:.3f})<extra></extra>" },
      ],
      layout: {
        showlegend: false,
        xaxis: { dtick: 1, range: [-0.6, first - 0.4], title: t("first axis") },
        yaxis: { dtick: 1, range: [-0.6, second - 0.4], title: t("second axis") },
      },
    }),
    t("z lands at {place} and is rounded to {codes}, number {index} of {all}.", { place: bounded.map((part) => part.toFixed(3)).join(", "), codes: codes.join(", "), index, all: first * second }),
  );
}

function drawTraining({ points, codebooks, counts }, name) {
  const codes = codebooks.at(-1);
  return plots.training.draw(
    () => ({
      traces: [
        { name: t("data"), mode: "markers", x: points.map(([x]) => x), y: points.map(([, y]) => y), marker: { size: 3, color: colour("ghost") }, hoverinfo: "skip" },
        ...[true, false].map((isUsed) => {
          const own = codes.filter((_, i) => counts[i] > 0 === isUsed);
          return { name: isUsed ? t("codes in use") : t("dead codes"), mode: "markers", x: own.map(([x]) => x), y: own.map(([, y]) => y), marker: { symbol: isUsed ? "square" : "x", size: 8, color: colour(isUsed ? "series-1" : "series-2") } };
        }),
      ],
      layout: { xaxis: { constrain: "domain" }, yaxis: { scaleanchor: "x", constrain: "domain" } },
    }),
    t("{name}: {used} of {all} codes are in use after training.", { name, used: counts.filter((count) => count > 0).length, all: counts.length }),
    [counts],
  );
}

function drawUsage(trainings) {
  return plots.usage.draw(
    () => ({
      traces: trainings.map(({ result }, i) => ({
        name: Object.values(TRAININGS)[i],
        mode: "lines",
        x: result.steps,
        y: result.used_fraction,
        line: { color: colour(`series-${i + 1}`), width: 2 },
      })),
      layout: { xaxis: { title: t("steps") }, yaxis: { range: [0, 1.04], tickformat: ".0%" } },
    }),
    trainings.map(({ result }, i) => t("{name} ends at {share} %", { name: Object.values(TRAININGS)[i], share: Math.round(100 * result.used_fraction.at(-1)) })).join("; "),
    trainings,
  );
}

function drawCounts({ counts }, name) {
  return plots.counts.draw(
    () => ({
      traces: [{ type: "bar", x: counts.map((_, i) => i), y: counts, marker: { color: colour("series-1") } }],
      layout: { xaxis: { title: t("code") }, yaxis: { title: t("points") }, bargap: 0.15 },
    }),
    t("{name}: from {least} to {most} points for a code.", { name, least: Math.min(...counts), most: Math.max(...counts) }),
    [counts],
  );
}
