// The service's calculations on a reader's papers: it gets identifiers, answers, and forgets them.

import { read } from "../local/store.js";

/** Most papers of a cloud, as the service has it; the latest count. */
const MAX_CLOUD_PAPERS = 2_000;

/** Starred and passed-over papers that a taste is learned from. */
const MAX_LIKED = 100;
const MAX_SKIPPED = 100;

const LEARNED_TERMS = 30;
const FOUND_PAPERS = 25;

/** The words of starred and opened papers with their counts, most frequent first. */
export async function askCloud() {
  const looked = [...read("history"), ...read("stars")].toSorted((one, other) => one.at - other.at);
  // The one looked at last stands at the end, each once.
  const ids = [...new Set(looked.map((paper) => paper.id).toReversed())].toReversed();
  if (ids.length === 0) return [];
  try {
    const { words } = await post("preferences/cloud", { ids: ids.slice(-MAX_CLOUD_PAPERS) });
    return words;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return [];
  }
}

/**
 * What tells starred papers from those seen and passed over: `[{text, weight}]`.
 *
 * @throws TypeError the service does not answer.
 */
export async function learnTaste() {
  const liked = read("stars").map((star) => star.id);
  const wanted = new Set([...liked, ...read("history").map((paper) => paper.id)]);
  const skipped = Object.entries(read("seen"))
    .filter(([id]) => !wanted.has(id))
    .toSorted((one, other) => one[1] - other[1])
    .map(([id]) => id);
  const { terms } = await post("preferences/learn", {
    liked: liked.slice(-MAX_LIKED),
    skipped: skipped.slice(-MAX_SKIPPED),
    limit: LEARNED_TERMS,
  });
  return terms;
}

/**
 * The papers that fit weighted words best, as identifiers.
 *
 * @throws TypeError the service does not answer.
 */
export async function findForWords(words) {
  const profile = words.map(({ word, weight }) => ({ text: word, weight }));
  const { results } = await post("recommend", { profile, limit: FOUND_PAPERS });
  return results.map((paper) => paper.arxiv_id);
}

async function post(calculation, body) {
  const answer = await fetch(`/api/v1/${calculation}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new TypeError(`status ${answer.status}`);
  return answer.json();
}
