// What is remembered in the browser, one document a kind: its empty value, its check, and how two
// of them become one. Every kind is bounded. What fills by itself drops its oldest entries; what a
// reader put there by hand is never dropped, and a document that is full refuses more.

import {
  checkArxivId,
  checkCategory,
  checkList,
  checkMoment,
  checkMoments,
  checkNumber,
  checkObject,
  checkText,
} from "./checks.js";

export const MAX_STARS = 5_000;
export const MAX_HISTORY = 2_000;
export const MAX_SEEN = 20_000;
export const MAX_SELECTION = 500;
export const MAX_PREFERENCES = 50;
export const MAX_SEARCHES = 100;
export const MAX_VISITS = 500;
export const MAX_CHOSEN = 200;

/** Newest results of a saved search that are remembered, to tell new ones from them. */
export const MAX_KNOWN = 50;

export const MAX_TITLE_CHARS = 300;
export const MAX_WORD_CHARS = 200;
export const MAX_ADDRESS_CHARS = 4_000;
const MAX_EXPRESSION_CHARS = 500;

/** Weights of preference words: 1 is followed most, below 0 is not wanted. */
export const MAX_WEIGHT = 1;

/**
 * The kinds by name.
 *
 * - `stars`: `[{id, title, at}]`, the newest last
 * - `history`: papers opened, `[{id, title, at}]`, the newest last
 * - `seen`: papers that were in view, `{id: at}`
 * - `selection`: `[id]`
 * - `preferences`: `[{word, weight, learned}]`
 * - `searches`: `[{address, name, saved_at, looked_at, known, total}]`; `known` are the newest
 *   results at the last look, `total` all of them, null before the first
 * - `visits`: last visit of each list, `{expression: at}`
 * - `chooser`: `{include, exclude}`, category codes
 *
 * `at` and the like are milliseconds since 1970. `check(value)` returns the value as it is kept, or
 * throws `UnusableError`; `merge(own, other)` prefers what is newer, and the own chooser.
 */
export const KINDS = {
  stars: papersByTime("stars"),
  history: { ...papersByTime("history"), bound: (value) => value.slice(-MAX_HISTORY) },
  seen: {
    version: 1,
    empty: {},
    check: (value) => Object.fromEntries(checkMoments(value, "seen", checkArxivId)),
    merge: mergeMoments,
    bound: (value) => keepNewest(value, MAX_SEEN),
    count: (value) => Object.keys(value).length,
  },
  selection: {
    version: 1,
    empty: [],
    check: (value) => [...new Set(checkList(value, "selection", checkArxivId))],
    merge: (own, other) => [...new Set([...own, ...other])].slice(0, MAX_SELECTION),
    limit: MAX_SELECTION,
    count: (value) => value.length,
  },
  preferences: {
    version: 1,
    empty: [],
    check: (value) => uniqueBy("word", checkList(value, "preferences", checkPreference)),
    merge: (own, other) => uniqueBy("word", [...other, ...own]).slice(-MAX_PREFERENCES),
    limit: MAX_PREFERENCES,
    count: (value) => value.length,
  },
  searches: {
    version: 1,
    empty: [],
    check: (value) => uniqueBy("address", checkList(value, "searches", checkSearch)),
    merge: (own, other) => uniqueBy("address", byTime([...other, ...own], "looked_at")),
    limit: MAX_SEARCHES,
    count: (value) => value.length,
  },
  visits: {
    version: 1,
    empty: {},
    check: (value) => Object.fromEntries(checkMoments(value, "visits", checkExpression)),
    merge: mergeMoments,
    bound: (value) => keepNewest(value, MAX_VISITS),
    count: (value) => Object.keys(value).length,
  },
  chooser: {
    version: 1,
    empty: { include: [], exclude: [] },
    check: checkChooser,
    merge: (own, other) => (own.include.length + own.exclude.length ? own : other),
    limit: MAX_CHOSEN,
    count: (value) => value.include.length + value.exclude.length,
  },
};

/** A list of papers with times, each once and the newest last. */
function papersByTime(name) {
  return {
    version: 1,
    empty: [],
    check: (value) => uniqueBy("id", byTime(checkList(value, name, checkPaper), "at")),
    merge: (own, other) => uniqueBy("id", byTime([...other, ...own], "at")),
    limit: MAX_STARS,
    count: (value) => value.length,
  };
}

function checkPaper(value, where) {
  const { id, title, at } = checkObject(value, where);
  return {
    id: checkArxivId(id, `${where}.id`),
    title: checkText(title, `${where}.title`, MAX_TITLE_CHARS),
    at: checkMoment(at, `${where}.at`),
  };
}

function checkPreference(value, where) {
  const { word, weight, learned } = checkObject(value, where);
  return {
    word: checkText(word, `${where}.word`, MAX_WORD_CHARS),
    weight: checkNumber(weight, `${where}.weight`, -MAX_WEIGHT, MAX_WEIGHT),
    learned: learned === true,
  };
}

function checkSearch(value, where) {
  const search = checkObject(value, where);
  const total = search.total ?? null;
  return {
    address: checkSearchAddress(search.address, `${where}.address`),
    name: checkText(search.name, `${where}.name`, MAX_TITLE_CHARS),
    saved_at: checkMoment(search.saved_at, `${where}.saved_at`),
    looked_at: checkMoment(search.looked_at, `${where}.looked_at`),
    known: checkList(search.known, `${where}.known`, checkArxivId).slice(0, MAX_KNOWN),
    total: total === null ? null : checkNumber(total, `${where}.total`, 0, Number.MAX_SAFE_INTEGER),
  };
}

/** The query of a search page: `?q=…`; never an address of another place. */
function checkSearchAddress(value, where) {
  const query = checkText(value, where, MAX_ADDRESS_CHARS);
  return `?${new URLSearchParams(query)}`;
}

function checkExpression(value, where) {
  return checkText(value, where, MAX_EXPRESSION_CHARS);
}

function checkChooser(value) {
  const { include, exclude } = checkObject(value, "chooser");
  return {
    include: [...new Set(checkList(include, "chooser.include", checkCategory))],
    exclude: [...new Set(checkList(exclude, "chooser.exclude", checkCategory))],
  };
}

function byTime(items, field) {
  return items.toSorted((one, other) => one[field] - other[field]);
}

/** Each item once: the last one of its name, where it stands. */
function uniqueBy(field, items) {
  const last = new Map(items.map((item, number) => [item[field], number]));
  return items.filter((item, number) => last.get(item[field]) === number);
}

function mergeMoments(own, other) {
  const merged = { ...other };
  for (const [key, at] of Object.entries(own)) merged[key] = Math.max(at, other[key] ?? 0);
  return merged;
}

function keepNewest(value, limit) {
  const entries = Object.entries(value);
  if (entries.length <= limit) return value;
  return Object.fromEntries(entries.toSorted((one, other) => one[1] - other[1]).slice(-limit));
}
