// Says when the network is gone: what is on the page can still be read.

import { t } from "../words.js";

const notice = document.createElement("p");
notice.className = "notice warning network";
notice.setAttribute("role", "status");

function follow() {
  if (navigator.onLine) {
    notice.remove();
    return;
  }
  notice.textContent = t("No network. What is on this page stays; searches and further papers need the service again.");
  document.getElementById("main").prepend(notice);
}

addEventListener("online", follow);
addEventListener("offline", follow);

/**
 * Shows in a place that something could not be fetched, with a way to try again.
 * @param place the element that what was fetched would fill.
 * @param retry called when the reader asks for it.
 */
export function showFailure(place, retry) {
  const sentence = document.createElement("p");
  sentence.textContent = t("The service did not answer. What was here before may be out of date.");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "quiet";
  again.textContent = t("Try again");
  const box = document.createElement("div");
  box.className = "notice warning";
  box.setAttribute("role", "alert");
  box.append(sentence, again);
  again.addEventListener("click", () => {
    box.remove();
    retry();
  });
  place.prepend(box);
  return box;
}
