// What a reader does with papers, on every card of every page: stars, selection, what was seen.
// All of it stays in the browser; a star is also counted, without a name, by the service.

import { reveal } from "../controls.js";
import { readTitle } from "../frame/card_actions.js";
import { attempt } from "../local/attempt.js";
import { noteOpened, toggleSelected, toggleStar } from "../local/reading.js";
import { read, watch } from "../local/store.js";
import { number } from "../words.js";
import { watchSeen } from "./seen.js";
import { showSelection } from "./selection_bar.js";

const PAPER = "[data-paper-id]";
const OWN_CONTROLS = '[data-action="star"], [data-action="select"]';
const OPENING = '.card-title a, .card-id, [data-action="pdf"]';

/** Papers seen before this moment were seen on an earlier page. */
const openedAt = Date.now();

const seen = watchSeen();
const actions = { star, select };

document.addEventListener("click", (event) => {
  const paper = event.target.closest(PAPER);
  if (paper === null) return;
  const button = event.target.closest("button[data-action]");
  attempt(() => {
    if (button !== null) actions[button.dataset.action]?.(paper);
    else if (event.target.closest(OPENING)) noteOpened(paper.dataset.paperId, readTitle(paper));
  });
});
// A middle click opens a paper too.
document.addEventListener("auxclick", (event) => {
  const paper = event.target.closest(PAPER);
  if (paper === null || event.button !== 1 || !event.target.closest(OPENING)) return;
  attempt(() => noteOpened(paper.dataset.paperId, readTitle(paper)));
});

watch("stars", () => paintAll());
watch("selection", () => paintAll());
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) welcome(node);
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });

welcome(document);
showSelection();

/** Serve papers that have just come onto the page. */
function welcome(root) {
  const papers = root.matches?.(PAPER) ? [root] : [...root.querySelectorAll(PAPER)];
  if (papers.length === 0) return;
  const known = read("seen");
  for (const paper of papers) {
    reveal(paper, OWN_CONTROLS);
    // What one sees just now does not fade while one reads it.
    const isCard = paper.classList.contains("card");
    paper.classList.toggle("is-seen", isCard && known[paper.dataset.paperId] < openedAt);
    if (isCard) seen.observe(paper);
    else attempt(() => noteOpened(paper.dataset.paperId, readTitle(paper)));
  }
  paintAll(papers);
}

function paintAll(papers = document.querySelectorAll(PAPER)) {
  const starred = new Set(read("stars").map((star) => star.id));
  const selected = new Set(read("selection"));
  for (const paper of papers) {
    paint(paper, "star", "is-starred", starred.has(paper.dataset.paperId));
    paint(paper, "select", "is-selected", selected.has(paper.dataset.paperId));
  }
}

function paint(paper, action, state, isOn) {
  paper.classList.toggle(state, isOn);
  paper.querySelector(`[data-action="${action}"]`)?.setAttribute("aria-pressed", isOn);
}

function star(paper) {
  const { paperId } = paper.dataset;
  if (toggleStar(paperId, readTitle(paper))) countStar(paper, paperId);
}

function select(paper) {
  toggleSelected(paper.dataset.paperId);
}

/** Tell the service of a star; it keeps the number alone. Here the star shines either way. */
async function countStar(paper, paperId) {
  try {
    const answer = await fetch(`/api/v1/papers/${paperId}/star`, { method: "POST" });
    if (!answer.ok) return;
    const { stars } = await answer.json();
    const shown = paper.querySelector(".card-stars");
    if (shown !== null) shown.textContent = `★ ${number(stars)}`;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
