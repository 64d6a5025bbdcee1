// Why a paper of a search is here, fetched when somebody asks.

import { make } from "../controls.js";
import { say } from "../frame/toast.js";
import { t } from "../words.js";
import { partOf } from "./addresses.js";

/** Fill the folds in `place` that wait for their reasons. */
export function serveReasons(place) {
  // The event does not bubble.
  place.addEventListener("toggle", (event) => fill(event.target), { capture: true });
}

async function fill(fold) {
  if (!fold.open || fold.dataset.reasonsOf === undefined || fold.childElementCount > 1) return;
  const panel = make("div", { "aria-busy": "true" }, make("p", { class: "hint" }, t("Asking…")));
  fold.append(panel);
  const { permalink } = fold.closest("[data-permalink]").dataset;
  try {
    const answer = await fetch(partOf(permalink, "reasons", { paper: fold.dataset.reasonsOf }));
    if (!answer.ok) throw new TypeError(`status ${answer.status}`);
    panel.innerHTML = await answer.text();
    panel.setAttribute("aria-busy", "false");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    panel.remove();
    fold.open = false;
    say(t("The service did not answer. Try again."));
  }
}
