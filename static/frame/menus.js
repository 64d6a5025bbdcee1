// Menus that lie over the page close as menus do: on Escape, and on a click elsewhere.

const OPEN_MENU = "details.export[open]";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(OPEN_MENU)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Ahead of the other keys: Escape closes the menu and leaves the card as it is.
document.addEventListener(
  "keydown",
  (event) => {
    const menu = event.key === "Escape" && !event.isComposing && document.querySelector(OPEN_MENU);
    if (!menu) return;
    event.preventDefault();
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  },
  { capture: true },
);
