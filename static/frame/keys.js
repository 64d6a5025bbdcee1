// The keyboard: / j k o p s r c x ? Esc. Nothing happens while somebody types.

import { copyCitation } from "./card_actions.js";

const PRESSES = {
  o: ".card-title a",
  p: '[data-action="pdf"]',
  s: '[data-action="star"]',
  r: '[data-action="related"]',
  x: '[data-action="select"]',
};

const dialog = document.getElementById("keys");
const opener = document.getElementById("show-keys");
opener.hidden = false;
opener.addEventListener("click", () => dialog.showModal());

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return;
  if (isField(event.target)) {
    if (event.key !== "Escape") return;
    // Browsers empty a search field on Escape: then it would not say what the results answer.
    if (event.target.matches('form[role="search"] input')) event.preventDefault();
    event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (press(event.key)) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest?.(".card");
  if (card) mark(card);
});

/** Does what a key stands for; whether it stood for something here. */
function press(key) {
  if (key === "/") return focusSearch();
  if (key === "?") {
    dialog.showModal();
    return true;
  }
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  const card = findCurrent();
  if (key === "Escape") return leave(card);
  if (!card) return false;
  if (key === "c") {
    const link = card.querySelector("a[data-cite]");
    if (link) copyCitation(link);
    return Boolean(link);
  }
  const target = key in PRESSES && card.querySelector(PRESSES[key]);
  if (!target || target.hidden) return false;
  target.click();
  return true;
}

function focusSearch() {
  const field = document.querySelector('main input[type="search"], header input[type="search"]');
  field?.focus();
  field?.select();
  return Boolean(field);
}

function move(step) {
  const cards = [...document.querySelectorAll("main .card")].filter((card) => card.offsetParent !== null);
  const current = cards.indexOf(document.querySelector(".card.is-current"));
  const next = cards[current < 0 && step < 0 ? -1 : Math.max(0, current + step)];
  if (!next) return cards.length > 0;
  mark(next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", behavior: "auto" });
  return true;
}

function mark(card) {
  for (const other of document.querySelectorAll(".card.is-current")) other.classList.toggle("is-current", other === card);
  card.classList.add("is-current");
}

/** The card that keys mean: the one moved to, or the paper that the page is about. */
function findCurrent() {
  return document.querySelector(".card.is-current") ?? document.querySelector("article.paper");
}

function leave(card) {
  if (!card?.classList.contains("is-current")) return false;
  card.classList.remove("is-current");
  if (card.contains(document.activeElement)) document.activeElement.blur();
  return true;
}

function isField(element) {
  return element.matches?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");
}
