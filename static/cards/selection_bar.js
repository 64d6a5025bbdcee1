// The bar of the selected papers: what one can do with all of them at once.

import { make } from "../controls.js";
import { copyText } from "../frame/clipboard.js";
import { say } from "../frame/toast.js";
import { clearSelection } from "../local/reading.js";
import { read, watch } from "../local/store.js";
import { t, tn } from "../words.js";

/** Show the bar while anything is selected, here or in another tab. */
export function showSelection() {
  const bar = makeBar();
  watch("selection", (ids) => paint(bar, ids));
  paint(bar, read("selection"));
}

/** The address of a list of papers: their page, or with a suffix the list in another format. */
export function listAddress(ids, suffix = "") {
  return `/library${suffix}?ids=${ids.join(",")}`;
}

/** The absolute address of a list, put into the clipboard; where that fails, it is opened. */
export async function shareList(ids) {
  const address = new URL(listAddress(ids), location.href).href;
  try {
    await copyText(address);
    say(t("The address of this list is copied; it works for anyone who can open this service."));
  } catch {
    location.assign(address);
  }
}

function makeBar() {
  const count = make("strong", { class: "selection-count", role: "status" });
  const share = make("button", { type: "button", class: "quiet" }, t("Share"));
  const clear = make("button", { type: "button", class: "quiet" }, t("Clear"));
  share.addEventListener("click", () => shareList(read("selection")));
  clear.addEventListener("click", clearSelection);
  const bar = make(
    "section",
    { class: "selection-bar", "aria-label": t("Selected papers"), hidden: true },
    count,
    make("a", { "data-suffix": ".bib" }, "BibTeX"),
    make("a", { "data-suffix": ".ris" }, "RIS"),
    make("a", { "data-related": true }, t("Related to these")),
    make("a", { "data-suffix": "" }, t("Show")),
    share,
    clear,
  );
  document.body.append(bar);
  return bar;
}

function paint(bar, ids) {
  bar.hidden = ids.length === 0;
  if (ids.length === 0) return;
  bar.querySelector(".selection-count").textContent = tn("{count} selected", "{count} selected", ids.length);
  for (const link of bar.querySelectorAll("[data-suffix]")) {
    link.href = listAddress(ids, link.dataset.suffix);
  }
  bar.querySelector("[data-related]").href = `/related?ids=${ids.join(",")}`;
}
