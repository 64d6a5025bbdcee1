// Matrices that a reader brings: from text, CSV, JSON or a picture.

import { t } from "../words.js";

const MAX_SIDE = 200;
const PICTURE_SIDE = 48;

/** A matrix from rows between semicolons or line breaks, or from JSON. */
export function parseMatrix(text) {
  const trimmed = text.trim();
  const rows = /^[[{]/.test(trimmed) ? readJson(trimmed) : readRows(trimmed);
  return check(rows);
}

/** A matrix from a file: a picture becomes grey, anything else is read as CSV or JSON. */
export async function readMatrixFile(file) {
  if (file.type.startsWith("image/")) return readPicture(file);
  return parseMatrix(await file.text());
}

function readJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RangeError(t("This is not JSON that can be read; write a list of rows such as [[1, 2], [3, 4]]."));
  }
  const rows = value?.matrix ?? value;
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) {
    throw new RangeError(t("The JSON must hold a list of rows such as [[1, 2], [3, 4]]."));
  }
  return rows;
}

function readRows(text) {
  return text
    .split(/[;\n\r]+/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => line.split(/[\s,]+/).filter(Boolean).map(Number));
}

function check(rows) {
  if (!rows.length || !rows[0].length) throw new RangeError(t("The matrix is empty; give at least one number."));
  const width = rows[0].length;
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd >= 0) throw new RangeError(t("Row {row} has {count} numbers and the first {width}; all rows must be as long.", { row: odd + 1, count: rows[odd].length, width }));
  if (rows.length > MAX_SIDE || width > MAX_SIDE) {
    throw new RangeError(t("The matrix is {rows} × {columns}; at most {most} × {most} is taken.", { rows: rows.length, columns: width, most: MAX_SIDE }));
  }
  const bad = rows.flat().find((value) => typeof value !== "number" || !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(t("The matrix holds something that is not a number."));
  return rows;
}

async function readPicture(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new RangeError(t("This picture cannot be read; take PNG, JPEG, WebP or GIF."));
  });
  const scale = Math.min(1, PICTURE_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return toGrey(context.getImageData(0, 0, canvas.width, canvas.height));
}

/** Luminance between 0 and 1, by the weights of Rec. 709. */
function toGrey({ data, width, height }) {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = 4 * (y * width + x);
      const grey = (0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2]) / 255;
      return Number(grey.toFixed(4));
    }),
  );
}

/** The reverse of `parseMatrix`, as rows between semicolons. */
export function formatMatrix(rows) {
  return rows.map((row) => row.join(" ")).join("; ");
}
