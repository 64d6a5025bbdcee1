// Small things that modules of all pages do.

const TOAST_MS = 4_000;

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

/** Say something in passing, also to whoever does not see the page. */
export function say(text) {
  const toast = document.getElementById("toast") ?? makeToast();
  toast.textContent = text;
  toast.classList.add("is-shown");
  clearTimeout(Number(toast.dataset.timer));
  toast.dataset.timer = setTimeout(() => toast.classList.remove("is-shown"), TOAST_MS);
}

function makeToast() {
  const toast = make("p", { id: "toast", class: "toast", role: "status" });
  document.body.append(toast);
  return toast;
}
