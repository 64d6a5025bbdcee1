// The numbers behind the plots: as tables on the page, and as files.

import { t } from "../words.js";

const SIGNIFICANT_DIGITS = 6;

/** A number as the tables write it: six digits, no trailing zeros. */
export function format(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(SIGNIFICANT_DIGITS)));
}

/** Shows tables `{ caption, columns, rows }`, the first column of each row naming the row. */
export function showTables(place, tables) {
  place.replaceChildren(...tables.map(makeTable));
}

function makeTable({ caption, columns, rows }) {
  const holder = document.createElement("div");
  holder.className = "table";
  holder.tabIndex = 0;
  holder.setAttribute("role", "region");
  holder.setAttribute("aria-label", caption);
  const table = document.createElement("table");
  table.createCaption().textContent = caption;
  const head = table.createTHead().insertRow();
  for (const column of columns) head.append(makeCell("th", column, "col"));
  const body = table.createTBody();
  for (const [name, ...values] of rows) {
    const row = body.insertRow();
    row.append(makeCell("th", format(name), "row"));
    for (const value of values) row.append(makeCell("td", format(value)));
  }
  holder.append(table);
  return holder;
}

function makeCell(kind, text, scope) {
  const cell = document.createElement(kind);
  if (scope) cell.scope = scope;
  cell.textContent = text;
  return cell;
}

/** The tables as one CSV text, each under its caption, with all digits. */
export function toCsv(tables) {
  const lines = [];
  for (const { caption, columns, rows } of tables) {
    lines.push([`# ${caption}`], columns, ...rows, []);
  }
  return lines.map((cells) => cells.map(quote).join(",")).join("\r\n");
}

function quote(cell) {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands a text to the reader as a file. */
export function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
