// Things to drag on a plot: by pointer, or focused and moved with the arrow keys.

import { t } from "../words.js";

const FINE = 1;
const COARSE = 10;

const KEYS = {
  ArrowLeft: [-FINE, 0],
  ArrowRight: [FINE, 0],
  ArrowUp: [0, FINE],
  ArrowDown: [0, -FINE],
  PageUp: [0, COARSE],
  PageDown: [0, -COARSE],
};

/**
 * Handles over a plot.
 *
 * A handle is `{ x, y, label, text, free }`: its place in data coordinates, its name, its value in
 * words, and which way it moves: "y", "x" or "xy"; `isMain` marks one of many. `step` is the size of an arrow key's move.
 */
export class Handles {
  constructor(plot, { step, onMove, onCommit }) {
    this.plot = plot;
    this.step = step;
    this.onMove = onMove;
    this.onCommit = onCommit;
    this.items = [];
    this.layer = document.createElement("div");
    this.layer.className = "handles";
    plot.element.after(this.layer);
    plot.onDrawn(() => this.#place());
  }

  /** Shows these handles; call before or after the plot is drawn. */
  show(items) {
    this.items = items;
    while (this.layer.children.length > items.length) this.layer.lastElementChild.remove();
    while (this.layer.children.length < items.length) this.layer.append(this.#make());
    items.forEach((item, index) => describe(this.layer.children[index], item));
    this.#place();
  }

  #make() {
    const knob = document.createElement("div");
    knob.className = "handle";
    knob.tabIndex = 0;
    knob.addEventListener("pointerdown", (event) => this.#grab(knob, event));
    knob.addEventListener("keydown", (event) => this.#press(knob, event));
    return knob;
  }

  #indexOf(knob) {
    return [...this.layer.children].indexOf(knob);
  }

  #grab(knob, event) {
    event.preventDefault();
    knob.focus();
    knob.setPointerCapture(event.pointerId);
    const follow = (move) => {
      const box = this.plot.element.getBoundingClientRect();
      this.#move(this.#indexOf(knob), this.plot.toData(move.clientX - box.left, move.clientY - box.top));
    };
    const release = () => {
      knob.removeEventListener("pointermove", follow);
      this.onCommit();
    };
    knob.addEventListener("pointermove", follow);
    knob.addEventListener("lostpointercapture", release, { once: true });
  }

  #press(knob, event) {
    const direction = KEYS[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = this.#indexOf(knob);
    const { x, y, free } = this.items[index];
    // A handle with one way to go takes both pairs of arrows, as sliders do.
    const [right, up] = direction;
    const along = free === "xy" ? [right, up] : [right || up, up || right];
    const size = event.shiftKey ? COARSE * this.step : this.step;
    this.#move(index, { x: x + along[0] * size, y: y + along[1] * size });
    this.onCommit();
  }

  #move(index, to) {
    const item = this.items[index];
    if (item.free !== "y") item.x = this.#round(to.x, item.minX, item.maxX);
    if (item.free !== "x") item.y = this.#round(to.y, item.minY, item.maxY);
    this.onMove(index, item.x, item.y);
    this.#place();
  }

  #round(value, low = -Infinity, high = Infinity) {
    const rounded = Math.round(value / this.step) * this.step;
    return Number(Math.min(high, Math.max(low, rounded)).toPrecision(12));
  }

  #place() {
    if (!this.plot.element._fullLayout) return;
    this.items.forEach((item, index) => {
      const { left, top } = this.plot.toPixels(item.x, item.y);
      this.layer.children[index].style.left = `${left}px`;
      this.layer.children[index].style.top = `${top}px`;
    });
  }
}

function describe(knob, { x, y, label, text, free, isMain, minX, maxX, minY, maxY }) {
  const isFlat = free === "xy";
  knob.dataset.free = free;
  knob.classList.toggle("main", Boolean(isMain));
  knob.setAttribute("role", isFlat ? "button" : "slider");
  knob.setAttribute("aria-label", isFlat ? t("{label}, {text}. Arrow keys move it.", { label, text }) : label);
  if (isFlat) return;
  knob.setAttribute("aria-orientation", free === "y" ? "vertical" : "horizontal");
  knob.setAttribute("aria-valuenow", free === "y" ? y : x);
  knob.setAttribute("aria-valuetext", text);
  const [low, high] = free === "y" ? [minY, maxY] : [minX, maxX];
  if (low !== undefined) knob.setAttribute("aria-valuemin", low);
  if (high !== undefined) knob.setAttribute("aria-valuemax", high);
}
