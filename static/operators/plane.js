// Geometry of the plane: which part of it is nearest to which point.

import { t } from "../words.js";

/**
 * The part of a rectangle that is nearer to `points[index]` than to any other point, as a polygon.
 * Each other point cuts the polygon along the line midway between the two.
 */
export function makeCell(points, index, { left, right, bottom, top }) {
  let cell = [[left, bottom], [right, bottom], [right, top], [left, top]];
  const [x, y] = points[index];
  points.forEach(([otherX, otherY], other) => {
    if (other === index || (otherX === x && otherY === y)) return;
    const [nx, ny] = [otherX - x, otherY - y];
    const limit = (otherX ** 2 + otherY ** 2 - x ** 2 - y ** 2) / 2;
    cell = cutPolygon(cell, (px, py) => limit - nx * px - ny * py);
  });
  return cell;
}

/** The part of a polygon where `inside` is not negative; `inside` is linear. */
function cutPolygon(polygon, inside) {
  return polygon.flatMap((corner, index) => {
    const next = polygon[(index + 1) % polygon.length];
    const [here, there] = [inside(...corner), inside(...next)];
    const kept = here >= 0 ? [corner] : [];
    if (here * there >= 0) return kept;
    const share = here / (here - there);
    return [...kept, [corner[0] + share * (next[0] - corner[0]), corner[1] + share * (next[1] - corner[1])]];
  });
}

/** Points from "x, y; x, y". */
export function parsePoints(text) {
  const points = text
    .split(";")
    .filter((part) => part.trim())
    .map((part) => part.split(/[\s,]+/).filter(Boolean).map(Number));
  const isPoint = (point) => point.length === 2 && point.every(Number.isFinite);
  if (!points.length || !points.every(isPoint)) {
    throw new RangeError(t("Write points as two numbers each, between semicolons: 0, 0; 1, 0."));
  }
  return points;
}

/** The reverse of `parsePoints`. */
export function formatPoints(points) {
  return points.map((point) => point.map((value) => Number(value.toFixed(4))).join(", ")).join("; ");
}
