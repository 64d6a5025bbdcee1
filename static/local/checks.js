// Checks of what was remembered: values come from this browser's storage or from a file that
// somebody chose, so nothing is believed.

/** A value that cannot be used; the message says where and why. */
export class UnusableError extends Error {}

const ARXIV_ID = /^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})$/;
const CATEGORY = /^[a-z-]+(?:\.[A-Za-z-]+)?$/;

/** Latest moment taken for one: the year 2100, milliseconds. */
const MAX_MOMENT = 4_102_444_800_000;

export function isArxivId(value) {
  return typeof value === "string" && ARXIV_ID.test(value);
}

export function checkArxivId(value, where) {
  if (!isArxivId(value)) refuse(where, "is no arXiv identifier");
  return value;
}

export function checkCategory(value, where) {
  if (typeof value !== "string" || !CATEGORY.test(value)) refuse(where, "is no category");
  return value;
}

/** A moment in milliseconds since 1970. */
export function checkMoment(value, where) {
  if (!Number.isInteger(value) || value < 0 || value > MAX_MOMENT) refuse(where, "is no moment");
  return value;
}

export function checkText(value, where, maxChars) {
  if (typeof value !== "string") refuse(where, "is no text");
  return value.slice(0, maxChars);
}

export function checkNumber(value, where, least, most) {
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    refuse(where, `is no number from ${least} to ${most}`);
  }
  return value;
}

/** A list whose items pass `checkItem(item, where)`. */
export function checkList(value, where, checkItem) {
  if (!Array.isArray(value)) refuse(where, "is no list");
  return value.map((item, number) => checkItem(item, `${where}[${number}]`));
}

/** An object; its fields are for the caller to look at. */
export function checkObject(value, where) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    refuse(where, "is no object");
  }
  return value;
}

/** An object from keys to moments, both checked, as entries. */
export function checkMoments(value, where, checkKey) {
  return Object.entries(checkObject(value, where)).map(([key, at]) => [
    checkKey(key, `${where}, ${JSON.stringify(key)}`),
    checkMoment(at, `${where}.${key}`),
  ]);
}

function refuse(where, what) {
  throw new UnusableError(`${where} ${what}`);
}
