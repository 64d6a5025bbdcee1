// The keywords of a paper in a list, found when somebody asks for them.

import { t } from "../words.js";
import { say } from "./toast.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[data-action="keywords"]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(link);
});

/** Puts the keywords into the place of the link; where the service refuses them, the link is followed. */
async function show(link) {
  const card = link.closest("[data-paper-id]");
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/api/v1/papers/${card.dataset.paperId}/keywords?limit=8`);
    if (!answer.ok) throw new Error(answer.statusText);
    const { keywords } = await answer.json();
    const line = makeLine(keywords.map(({ text }) => text));
    link.closest("ul").before(line);
    link.closest("li").remove();
    line.focus();
  } catch (error) {
    // Without a service the page it leads to would be the browser's own.
    if (error instanceof TypeError) say(t("The service did not answer. Try again."));
    else location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

function makeLine(words) {
  const line = document.createElement("p");
  line.className = "card-keywords";
  line.tabIndex = -1;
  const term = document.createElement("span");
  term.className = "term";
  term.textContent = words.length ? t("Keywords") : t("No keywords");
  line.append(term);
  for (const word of words) {
    const link = document.createElement("a");
    link.dir = "auto";
    link.href = `/search?${new URLSearchParams({ q: `"${word}"` })}`;
    link.textContent = word;
    line.append(" ", link);
  }
  return line;
}
