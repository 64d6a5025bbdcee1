// A formula that is copied with the text around it comes out as the TeX it was written in.

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || isField(document.activeElement)) return;
  const range = wholeFormulas(selection.getRangeAt(0));
  const copy = range.cloneContents();
  const formulas = copy.querySelectorAll("math");
  if (!formulas.length) return;
  for (const math of formulas) {
    const tex = math.querySelector("annotation")?.textContent;
    if (tex) math.replaceWith(math.getAttribute("display") === "block" ? `$$${tex}$$` : `$${tex}$`);
  }
  const holder = document.createElement("div");
  holder.append(copy);
  event.clipboardData.setData("text/plain", holder.textContent.replace(/[ \t]*\n\s*/g, "\n").trim());
  event.preventDefault();
});

/** The range, widened where it begins or ends inside a formula. */
function wholeFormulas(range) {
  const whole = range.cloneRange();
  const first = elementOf(range.startContainer)?.closest("math");
  const last = elementOf(range.endContainer)?.closest("math");
  if (first) whole.setStartBefore(first);
  if (last) whole.setEndAfter(last);
  return whole;
}

function elementOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
}

function isField(element) {
  return element?.matches("input, textarea");
}
