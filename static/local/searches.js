// Saved searches, and what is new in them since somebody last looked.

import { MAX_KNOWN } from "./kinds.js";
import { change, read } from "./store.js";

/** Parameters of a search page that REST takes as well; place and order do not make a search. */
const ASKED = ["q", "cat", "author", "from", "to", "date", "spell", "expand", "as_written"];

/** Save a search, or drop it; whether it is saved now. `query` is the address behind `/search`. */
export function toggleSearch(query, name, now = Date.now()) {
  const address = normalize(query);
  const wasSaved = hasSearch(query);
  change("searches", (searches) => {
    const others = searches.filter((search) => search.address !== address);
    if (wasSaved) return others;
    return [...others, { address, name, saved_at: now, looked_at: now, known: [], total: null }];
  });
  return !wasSaved;
}

export function hasSearch(query) {
  const address = normalize(query);
  return read("searches").some((search) => search.address === address);
}

/** Remember what a saved search finds now, so that only later papers are new. */
export async function rememberResults(query) {
  const address = normalize(query);
  try {
    noteLook(address, await askNewest({ address }));
  } catch (error) {
    // Nobody answers: the first look at the library begins to count instead.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Ask the service for the newest results of a saved search: `{ids, total}`. */
export async function askNewest(search, signal) {
  const query = new URLSearchParams(search.address);
  query.set("sort", "newest");
  query.set("limit", MAX_KNOWN);
  query.set("fields", "arxiv_id");
  const answer = await fetch(`/api/v1/search?${query}`, { signal });
  if (!answer.ok) throw new TypeError(`status ${answer.status}`);
  const { results, total } = await answer.json();
  return { ids: results.map((result) => result.arxiv_id), total };
}

/**
 * The results, newest first, that were not there at the last look; none at the first one.
 *
 * Papers below the last known one that is still there are older than the look: they have only
 * moved into sight.
 */
export function listNew(search, ids) {
  if (search.total === null) return [];
  const known = new Set(search.known);
  const knewAll = search.total <= search.known.length;
  const reach = knewAll ? ids.length : ids.findLastIndex((id) => known.has(id));
  const within = reach < 0 ? ids : ids.slice(0, reach);
  return within.filter((id) => !known.has(id));
}

/** Note that somebody looked: what is there now is not new any more. */
export function noteLook(address, newest, now = Date.now()) {
  change("searches", (searches) =>
    searches.map((search) =>
      search.address === address
        ? { ...search, looked_at: now, known: newest.ids, total: newest.total }
        : search,
    ),
  );
}

function normalize(query) {
  const given = new URLSearchParams(query);
  const kept = new URLSearchParams();
  for (const name of ASKED) if (given.get(name)) kept.set(name, given.get(name));
  return `?${kept}`;
}
