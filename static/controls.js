// Small things that modules of all pages do.

/** Show what needs scripts; `selector` names the controls that the calling module serves. */
export function reveal(root, selector = "*") {
  for (const element of root.querySelectorAll(`[data-needs-js]:is(${selector})`)) {
    element.hidden = false;
  }
}

/** Whether a click is one that the page itself may answer: no new tab, no download. */
export function isPlainClick(event) {
  const { button, metaKey, ctrlKey, shiftKey, altKey, defaultPrevented } = event;
  return button === 0 && !(metaKey || ctrlKey || shiftKey || altKey || defaultPrevented);
}

/** An element with attributes and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
