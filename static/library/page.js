// The library: what this browser remembers, to look at, to edit and to carry away.

import { KINDS } from "../local/kinds.js";
import { isLasting, read, watch } from "../local/store.js";
import { number } from "../words.js";
import { serveFile } from "./file.js";
import { PaperPart } from "./paper_part.js";
import { serveSearches } from "./searches.js";
import { serveWords } from "./words.js";

const PARTS = ["stars", "history", "words", "searches", "file"];

/** What each part counts; a file counts nothing. */
const COUNTED = { stars: "stars", history: "history", words: "preferences", searches: "searches" };

const parts = {
  stars: new PaperPart("stars"),
  history: new PaperPart("history"),
  words: serveWords(),
  searches: serveSearches(),
  file: serveFile(),
};

document.getElementById("library").hidden = false;
document.getElementById("not-lasting").hidden = isLasting();
for (const [part, kind] of Object.entries(COUNTED)) {
  watch(kind, () => count(part, kind));
  count(part, kind);
}
addEventListener("hashchange", show);
show();

function show() {
  const wanted = location.hash.slice(1);
  const shown = PARTS.includes(wanted) ? wanted : PARTS[0];
  for (const part of PARTS) {
    document.getElementById(`part-${part}`).hidden = part !== shown;
    const tab = document.querySelector(`[data-part="${part}"]`);
    if (part === shown) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  parts[shown].show();
}

function count(part, kind) {
  const entries = KINDS[kind].count(read(kind));
  document.querySelector(`[data-count="${part}"]`).textContent = entries > 0 ? number(entries) : "";
}
