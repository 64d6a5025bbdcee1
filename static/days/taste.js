// The order of a reader's taste: words that this browser remembers, else the words of the papers
// that were starred or opened. The service answers with an order and keeps nothing of it.

import { read } from "../local/store.js";

const MAX_RANKED = 2_000;
const MAX_CLOUD_PAPERS = 200;

/** What a reader follows; empty where nothing tells. */
export async function findWords() {
  const followed = read("preferences").filter((each) => each.weight > 0);
  if (followed.length > 0) return followed.map((each) => each.word);
  const ids = [...read("history"), ...read("stars")].map((each) => each.id);
  if (ids.length === 0) return [];
  const recent = [...new Set(ids)].slice(-MAX_CLOUD_PAPERS);
  return (await post("/api/v1/preferences/cloud", { ids: recent })).preferences;
}

/** The lines of a day, those first that fit the words best; the rest as listed. */
export async function orderByTaste(lines, words) {
  const ranked = lines.slice(0, MAX_RANKED);
  const { results } = await post("/api/v1/preferences/rank", { ids: ranked.map((each) => each.id), words });
  const byId = new Map(ranked.map((line) => [line.id, line]));
  return [...results.map((each) => byId.get(each.id)), ...lines.slice(MAX_RANKED)];
}

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}
