// What one can do with a search as a whole: copy its address, save it.

import { isPlainClick } from "../controls.js";
import { copyText } from "../frame/clipboard.js";
import { say } from "../frame/toast.js";
import { attempt } from "../local/attempt.js";
import { hasSearch, rememberResults, toggleSearch } from "../local/searches.js";
import { watch } from "../local/store.js";
import { t } from "../words.js";

/** Serve the tools in `place`, which may be exchanged. */
export function serveTools(place) {
  place.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy-address]");
    if (copier !== null && isPlainClick(event)) {
      event.preventDefault();
      copyAddress(copier.href);
    }
    if (event.target.closest("[data-save-search]")) save(place);
  });
  watch("searches", () => paint(place));
  new MutationObserver(() => paint(place)).observe(place, { childList: true });
  paint(place);
}

async function copyAddress(address) {
  try {
    await copyText(address);
    say(t("The address of this search is copied."));
  } catch {
    location.assign(address);
  }
}

function save(place) {
  const { permalink, title } = place.querySelector("[data-permalink]").dataset;
  attempt(() => {
    const query = new URL(permalink, location.origin).search;
    const isSaved = toggleSearch(query, title.split(" – ")[0]);
    if (isSaved) rememberResults(query);
    say(isSaved ? t("Saved in this browser; your library says what is new.") : t("No longer saved."));
  });
}

function paint(place) {
  const button = place.querySelector("[data-save-search]");
  if (button === null) return;
  const { permalink } = place.querySelector("[data-permalink]").dataset;
  const isSaved = hasSearch(new URL(permalink, location.origin).search);
  button.setAttribute("aria-pressed", isSaved);
  button.textContent = isSaved ? t("Saved") : t("Save this search");
}
