// Copy, cite and fold on every card, also on those that come later. Stars and selection are the library's.

import { t } from "../words.js";
import { copyText } from "./clipboard.js";
import { say } from "./toast.js";

const OWN_ACTIONS = '[data-action="copy"][data-needs-js], [data-action="fold"][data-needs-js]';
const ACTIONS = { copy: copyReference, fold: toggleFold };

reveal(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) reveal(node);
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });

document.addEventListener("click", (event) => {
  const cite = event.target.closest("a[data-cite]");
  if (cite && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    copyCitation(cite);
    return;
  }
  const button = event.target.closest("button[data-action]");
  const card = button?.closest("[data-paper-id]");
  if (card) ACTIONS[button.dataset.action]?.(card, button);
});

/** Copies the citation that a link of a card leads to; where it cannot be copied, the link is followed. */
export async function copyCitation(link) {
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    await copyText(await answer.text());
    say(t("{form} copied", { form: link.textContent.trim() }));
  } catch (error) {
    // What fetch throws where nobody answers: the link would lead to an error page of the browser.
    if (error instanceof TypeError) say(t("The service did not answer. Try again."));
    else location.assign(link.href);
  }
}

function reveal(root) {
  for (const button of root.querySelectorAll(OWN_ACTIONS)) button.hidden = false;
}

async function copyReference(card) {
  const title = readTitle(card);
  try {
    await copyText(`${title}\nhttps://arxiv.org/abs/${card.dataset.paperId}`);
    say(t("Title and address copied"));
  } catch {
    say(t("The browser does not let this page copy."));
  }
}

/** The title of a card as text, formulas as TeX. */
export function readTitle(card) {
  const title = card.querySelector(".card-title, .paper-title").cloneNode(true);
  for (const math of title.querySelectorAll("math")) math.replaceWith(`$${math.querySelector("annotation").textContent}$`);
  return title.textContent.trim();
}

function toggleFold(card, button) {
  const isFolded = card.classList.toggle("is-folded");
  button.setAttribute("aria-pressed", String(isFolded));
}
