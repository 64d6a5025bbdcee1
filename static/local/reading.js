// What a reader does with papers, as it is remembered: stars, papers opened, papers seen, selection.

import { MAX_SELECTION } from "./kinds.js";
import { change, read, write } from "./store.js";

/** Star a paper, or take its star back; whether it has one now. */
export function toggleStar(id, title, now = Date.now()) {
  const hadStar = hasStar(id);
  change("stars", (stars) => {
    const others = stars.filter((star) => star.id !== id);
    return hadStar ? others : [...others, { id, title, at: now }];
  });
  return !hadStar;
}

/** Star papers `[{id, title}]` beside those that have stars; how many were added. */
export function starAll(papers, now = Date.now()) {
  const added = papers.filter((paper) => !hasStar(paper.id));
  change("stars", (stars) => [...stars, ...added.map(({ id, title }) => ({ id, title, at: now }))]);
  return added.length;
}

export function hasStar(id) {
  return read("stars").some((star) => star.id === id);
}

/** Select a paper, or no longer; whether it is selected now. */
export function toggleSelected(id) {
  const isSelected = read("selection").includes(id);
  change("selection", (ids) => (isSelected ? ids.filter((each) => each !== id) : [...ids, id]));
  return !isSelected;
}

/** Select papers beside those selected already, as far as there is room. */
export function selectAll(ids) {
  change("selection", (selected) => [...new Set([...selected, ...ids])].slice(0, MAX_SELECTION));
}

export function clearSelection() {
  write("selection", []);
}

/** Note that a paper was opened: it is seen, and the newest of the history. */
export function noteOpened(id, title, now = Date.now()) {
  change("history", (opened) => [...opened.filter((each) => each.id !== id), { id, title, at: now }]);
  markSeen([id], now);
}

/** Note that papers were in view; those seen before keep their first time. */
export function markSeen(ids, now = Date.now()) {
  const fresh = ids.filter((id) => !isSeen(id));
  if (fresh.length === 0) return;
  change("seen", (seen) => ({ ...seen, ...Object.fromEntries(fresh.map((id) => [id, now])) }));
}

export function isSeen(id) {
  return Object.hasOwn(read("seen"), id);
}
