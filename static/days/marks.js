// Marks the lines of a filter in the cards on the page. Formulas stay whole: they are not text.

import { findSpans } from "./matching.js";

const MARKED_PARTS = ".card-title, .card-authors, .card-abstract";
const UNMARKED = "math, .hidden, script, mark.filter-mark";

/** Mark every place of the lines within an element; marks made before are taken away. */
export function markLines(root, lines) {
  clearMarks(root);
  if (lines.length === 0) return;
  for (const part of root.querySelectorAll(MARKED_PARTS)) {
    for (const node of listTextNodes(part)) markNode(node, lines);
  }
}

/** Take all marks away. */
export function clearMarks(root) {
  for (const mark of root.querySelectorAll("mark.filter-mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

function listTextNodes(part) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(UNMARKED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

function markNode(node, lines) {
  // From the end on, so that the places before stay as they are.
  for (const [begin, end] of findSpans(node.data, lines).reverse()) {
    const marked = node.splitText(begin);
    marked.splitText(end - begin);
    const mark = document.createElement("mark");
    mark.className = "filter-mark";
    marked.replaceWith(mark);
    mark.append(marked);
  }
}
