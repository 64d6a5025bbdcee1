// Low-rank approximation: one matrix, many ways to be near it, and the floor below all of them.

import { parseNumbers } from "./controls.js";
import { formatMatrix, parseMatrix, readMatrixFile } from "./matrix.js";
import { startPage, warningsOf } from "./page.js";
import { colour, divergingScale, Plot } from "./plot.js";
import { t } from "../words.js";

const ROWS = 24;
const RANKS = [1, 2, 3, 4, 6, 8, 12, 16, 20];
const MAX_IN_ADDRESS = 200;
const MAX_GREEDY_SIDE = 60;
const REPEATS = 100;
const EXACT = 1e-16;
const RECIPES = { noise: "low_rank_noise", clustered: "clustered", picture: "image", kahan: "kahan" };
const ID_METHODS = ["cpqr", "best_greedy", "colsample", "project"];
const METHODS = {
  id_cpqr: t("ID, pivoted QR"),
  id_best_greedy: t("ID, best single columns"),
  id_colsample: t("ID, sampled columns"),
  id_project: t("ID, projected rows"),
  cur_deim: t("CUR, DEIM"),
  cur_leverage: t("CUR, leverage scores"),
  cur_intersection_deim: t("CUR, DEIM, intersection"),
};
const FLOOR = t("SVD, the floor");
const LARGEST_NORMS = t("CR, largest norms");
const BEST_MIDDLE = t("CUR, chosen, best middle");
const INTERSECTION = t("CUR, chosen, intersection");

let uploaded = null;
const plots = Object.fromEntries(
  ["errors", "matrix", "coefficients", "sampling", "spectrum"].map((id) => [id, new Plot(`plot-${id}`)]),
);

const page = startPage({ compute, show });

document.getElementById("repeat").addEventListener("click", () => {
  page.set("draw", Number(page.read().draw) + 1);
  page.commit();
});

document.getElementById("file").addEventListener("change", async (event) => {
  event.stopPropagation();
  const [file] = event.target.files;
  if (!file) return;
  try {
    take(await readMatrixFile(file));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    page.refuse(error.message);
  }
});

/** Small matrices become entries, which the address can hold; large ones stay in memory. */
function take(matrix) {
  uploaded = matrix;
  const isSmall = matrix.length * matrix[0].length <= MAX_IN_ADDRESS;
  if (isSmall) page.set("entries", formatMatrix(matrix));
  page.set("source", isSmall ? "entries" : "upload");
  page.commit();
}

async function getMatrix(state, ask) {
  if (state.source === "entries") return parseMatrix(state.entries);
  if (state.source === "upload") {
    if (!uploaded) throw new RangeError(t("Choose a file first: files are read here and not kept."));
    return uploaded;
  }
  const recipe = {
    kind: RECIPES[state.source],
    rows: ROWS,
    columns: Number(state.size),
    rank: Number(state.rank),
    noise: Number(state.noise),
    seed: Number(state.seed),
  };
  return (await ask("generate_matrix", { recipe })).result.matrix;
}

async function compute(state, ask) {
  const matrix = await getMatrix(state, ask);
  const [n, m] = [matrix.length, matrix[0].length];
  const r = Math.min(Number(state.r), n, m);
  const ranks = RANKS.filter((rank) => rank <= Math.min(n, m));
  const methods = Object.keys(METHODS).filter((name) => name !== "id_best_greedy" || Math.max(n, m) <= MAX_GREEDY_SIDE);
  const seed = Number(state.draw);
  const identity = matrix[0].map((_, i) => matrix[0].map((__, j) => (i === j ? 1 : 0)));
  const transposed = matrix[0].map((_, j) => matrix.map((row) => row[j]));
  // The curves depend on the matrix alone, so they are remembered while r moves.
  const [comparison, atRank, chosen, product, sampling] = await Promise.all([
    ask("low_rank_comparison", { matrix, ranks, methods, seed }),
    ask("low_rank_comparison", { matrix, ranks: [r], methods, seed }),
    choose(state, matrix, r, seed, ask),
    ask("column_row_selection", { x: matrix, y: identity, r, method: "top_norm" }),
    ask("column_row_sampling_spread", { x: matrix, y: transposed, r, repeats: REPEATS, probabilities: state.probabilities, seed }),
  ]);
  return { matrix, comparison, atRank, chosen, product, sampling };
}

/** What the chosen method takes: one answer, or for given columns and rows the two ways to join them. */
async function choose(state, matrix, r, seed, ask) {
  if (ID_METHODS.includes(state.method)) {
    return [await ask("interpolative_decomposition", { matrix, r, method: state.method, seed })];
  }
  if (state.method !== "given") return [await ask("cur", { matrix, r, rule: state.method, mode: "optimal", seed })];
  const [columns, rows] = [state.columns, state.rows].map((text) => parseNumbers(text).map((place) => place - 1));
  return Promise.all(["optimal", "intersection"].map((mode) => ask("cur", { matrix, columns, rows, mode })));
}

async function show(state, { matrix, comparison, atRank, chosen: answers, product, sampling }) {
  const { ranks, svd_floor: floor, norm, methods, singular_values: singular } = comparison.result;
  const [r] = atRank.result.ranks;
  const columnErrors = dropColumns(product.result.norms, ranks);
  const curves = [
    ...methods.map(({ method, errors }) => ({ name: METHODS[method], errors })),
    { name: LARGEST_NORMS, errors: columnErrors },
  ];
  const errors = {
    [FLOOR]: atRank.result.svd_floor[0],
    ...Object.fromEntries(atRank.result.methods.map(({ method, errors: [error] }) => [METHODS[method], error])),
    [LARGEST_NORMS]: product.result.error,
    ...(state.method === "given"
      ? { [BEST_MIDDLE]: answers[0].result.error, [INTERSECTION]: answers[1].result.error }
      : {}),
  };
  const [chosen] = answers;
  await Promise.all([
    drawErrors(ranks, floor, norm, curves, r, errors),
    drawMatrix(matrix, chosen.result),
    drawCoefficients(chosen.result),
    drawSampling(sampling.result, r),
    drawSpectrum(singular, r),
  ]);
  const spread = sampling.result;
  return {
    tables: [
      {
        caption: t("Errors at rank {r}", { r }),
        columns: [t("method"), "‖M̃ − M‖", t("squared"), t("of ‖M‖")],
        rows: Object.entries(errors).map(([name, error]) => [name, error, error === null ? null : error ** 2, error === null ? null : error / norm]),
      },
      {
        caption: t("Chosen, counted from 1"),
        columns: [t("what"), t("which")],
        rows: [
          [t("columns"), chosen.result.columns.map((index) => index + 1).join(", ")],
          [t("rows"), chosen.result.rows?.map((index) => index + 1).join(", ") ?? null],
          [t("largest |z|"), chosen.result.max_abs_coefficient ?? null],
        ],
      },
      {
        caption: t("Sampling {r} terms of M Mᵀ, {times} times: squared errors", { r, times: REPEATS }),
        columns: [t("quantity"), t("value")],
        rows: [
          [t("mean"), spread.mean],
          [t("its standard error"), spread.standard_error],
          [t("theory"), spread.theory],
          [t("keeping the largest norms"), spread.top_norm],
          [FLOOR, spread.svd_floor],
          ["‖M Mᵀ‖²", spread.product_norm],
        ],
      },
      {
        caption: t("Singular values"),
        columns: ["i", "σᵢ"],
        rows: singular.map((value, index) => [index + 1, value]),
      },
    ],
    warnings: [...warningsOf(...answers, product, sampling), ...tell(state, r, norm, errors, spread)],
  };
}

/** The columns of M are orthogonal terms of M·I: the squared norms of those left out add up. */
function dropColumns(norms, ranks) {
  const squares = norms.map((value) => value ** 2).sort((a, b) => b - a);
  return ranks.map((r) => Math.sqrt(squares.slice(r).reduce((sum, value) => sum + value, 0)));
}

function tell(state, r, norm, errors, spread) {
  const told = [];
  const compare = (worse, better, factor) => errors[worse] > factor * errors[better] && errors[worse] > 1e-9 * norm;
  const square = (name) => (errors[name] ** 2).toPrecision(3);
  const [pivoted, best] = [METHODS.id_cpqr, METHODS.id_best_greedy];
  const [middle, intersection] = [BEST_MIDDLE, INTERSECTION];
  if (Number(state.r) > r) told.push(t("The rank is at most {r} here; that is what is shown.", { r }));
  if (compare(pivoted, best, 1.1)) {
    told.push(t("Norm is not merit: the columns of largest norm leave a squared error of {pivoted}, the best single ones {best}.", { pivoted: square(pivoted), best: square(best) }));
  }
  if (compare(intersection, middle, 1.1)) {
    told.push(t("With the same columns and rows, the intersection leaves a squared error of {intersection}, the best middle matrix {middle}.", { intersection: square(intersection), middle: square(middle) }));
  }
  if (spread.theory > spread.product_norm) {
    told.push(t("Sampling so few terms is worse than nothing: its expected squared error passes ‖M Mᵀ‖²."));
  }
  return told;
}

function drawErrors(ranks, floor, norm, curves, r, atRank) {
  const relative = (errors) => errors.map((error) => (error === null ? null : Math.max(EXACT, error / norm)));
  return plots.errors.draw(
    () => ({
      traces: [
        { name: FLOOR, x: ranks, y: relative(floor), mode: "lines", fill: "tozeroy", fillcolor: colour("raised"), line: { color: colour("soft"), width: 2 } },
        ...curves.map(({ name, errors }, index) => ({
          name,
          mode: "lines+markers",
          x: ranks,
          y: relative(errors),
          marker: { size: 6, symbol: index },
          line: { color: colour(`series-${index + 1}`), width: 1.6 },
        })),
        ...curves.map(({ name }, index) => ({
          name,
          mode: "markers",
          x: [r],
          y: relative([atRank[name]]),
          showlegend: false,
          marker: { size: 10, symbol: index, color: colour(`series-${index + 1}`) },
        })),
      ],
      layout: {
        xaxis: { title: t("rank r"), range: [0.5, Math.max(r, ...ranks) + 0.5] },
        yaxis: { type: "log", title: "‖M̃ − M‖ / ‖M‖", dtick: 1 },
        shapes: [{ type: "line", x0: r, x1: r, y0: 0, y1: 1, yref: "paper", line: { color: colour("soft"), width: 1, dash: "dot" } }],
      },
    }),
    t("At rank {r} the floor is {floor} of the norm.", { r, floor: (atRank[FLOOR] / norm).toPrecision(3) }),
  );
}

function drawMatrix(matrix, { columns, rows = [] }) {
  const largest = Math.max(...matrix.flat().map(Math.abs)) || 1;
  const [n, m] = [matrix.length, matrix[0].length];
  const frame = (x0, x1, y0, y1) => ({ type: "rect", x0, x1, y0, y1, line: { color: colour("ink"), width: 1.5 } });
  return plots.matrix.draw(
    () => ({
      traces: [
        { type: "heatmap", z: matrix, x0: 1, y0: 1, zmin: -largest, zmax: largest, colorscale: divergingScale(), colorbar: { thickness: 10, outlinewidth: 0 }, hovertemplate: t("row {row}, column {column}", { row: "%{y}", column: "%{x}" }) + ": %{z:.4g}<extra></extra>" },
      ],
      layout: {
        xaxis: { constrain: "domain", title: t("column") },
        yaxis: { autorange: "reversed", constrain: "domain" },
        shapes: [
          ...columns.map((index) => frame(index + 0.5, index + 1.5, 0.5, n + 0.5)),
          ...rows.map((index) => frame(0.5, m + 0.5, index + 0.5, index + 1.5)),
        ],
      },
    }),
    t("{n} rows and {m} columns; columns {chosen} are chosen.", { n, m, chosen: columns.map((index) => index + 1).join(", ") }),
  );
}

function drawCoefficients({ histogram_edges: edges, histogram_counts: counts, max_abs_coefficient: largest }) {
  return plots.coefficients.draw(
    () => ({
      traces: edges
        ? [{ type: "bar", x: counts.map((_, i) => (edges[i] + edges[i + 1]) / 2), y: counts, width: counts.map((_, i) => edges[i + 1] - edges[i]), marker: { color: colour("series-1") } }]
        : [],
      layout: {
        bargap: 0,
        xaxis: { title: "|z|" },
        yaxis: { title: t("entries of Z"), type: "log", dtick: 1 },
        annotations: edges ? [] : [{ text: t("Choose one of the IDs to see its coefficients."), xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false }],
        shapes: edges ? [{ type: "line", x0: 2, x1: 2, y0: 0, y1: 1, yref: "paper", line: { color: colour("series-2"), width: 1, dash: "dot" } }] : [],
      },
    }),
    edges ? t("The largest is {largest}; the dotted line marks 2.", { largest: largest.toPrecision(4) }) : t("None for this method."),
  );
}

function drawSampling({ squared_errors: errors, mean, theory, top_norm: topNorm, svd_floor: floor }, r) {
  const marks = { [t("mean")]: mean, [t("theory")]: theory, [t("largest norms")]: topNorm, [t("floor")]: floor };
  return plots.sampling.draw(
    () => ({
      traces: [
        { type: "histogram", name: t("draws"), x: errors, nbinsx: 30, marker: { color: colour("ghost") } },
        ...Object.entries(marks).map(([name, value], index) => ({
          name,
          mode: "lines",
          x: [value, value],
          y: [0, REPEATS / 6],
          line: { color: colour(`series-${index + 1}`), width: 2, dash: index === 0 ? "dot" : "solid" },
        })),
      ],
      layout: { bargap: 0.05, xaxis: { title: t("squared error") } },
    }),
    t("With {r} draws the mean is {mean}, theory says {theory}; keeping the largest norms leaves {norms}, the floor is {floor}.", { r, mean: mean.toPrecision(3), theory: theory.toPrecision(3), norms: topNorm.toPrecision(3), floor: floor.toPrecision(3) }),
  );
}

function drawSpectrum(singular, r) {
  const places = singular.map((_, index) => index + 1);
  return plots.spectrum.draw(
    () => ({
      traces: [
        { mode: "markers", x: places, y: singular.map((value) => Math.max(value, EXACT * singular[0])), marker: { size: 7, color: places.map((place) => colour(place <= r ? "series-1" : "ghost")) } },
      ],
      layout: { xaxis: { title: "i" }, yaxis: { type: "log", title: "σᵢ", dtick: 1 } },
    }),
    t("From {first} to {last}; the first {r} are kept.", { first: singular[0].toPrecision(3), last: singular.at(-1).toPrecision(3), r }),
  );
}
