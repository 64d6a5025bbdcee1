// The form of a page is its state; the address holds what differs from the form's defaults.

import { t } from "../words.js";

const SLIDER_STEPS = 1000;

/** Sliders beside number inputs, and the way between the form and an address. */
export class Controls {
  constructor(form) {
    this.form = form;
    this.sliders = new Map();
    for (const slider of form.querySelectorAll("input[data-pair]")) {
      this.sliders.set(slider.dataset.pair, slider);
    }
    form.addEventListener("input", (event) => this.#follow(event.target));
    this.#moveSliders();
  }

  /** All values by name; a checkbox counts as "on" or "off". */
  read() {
    const state = {};
    for (const field of this.#fields()) {
      if (field.type === "radio" && !field.checked) continue;
      state[field.name] = field.type === "checkbox" ? (field.checked ? "on" : "off") : field.value;
    }
    return state;
  }

  /** Sets one value as if it had been typed. */
  set(name, value) {
    write(this.#field(name), String(value));
    this.#moveSlider(name);
  }

  /** The values that differ from the defaults, as the query of an address. */
  toQuery() {
    const state = this.read();
    this.defaults ??= this.#readDefaults();
    const different = Object.entries(state).filter(([name, value]) => value !== this.defaults[name]);
    return new URLSearchParams(different).toString();
  }

  /** Takes the values of an address; everything it does not name returns to its default. */
  load(query) {
    const wanted = new URLSearchParams(query);
    this.form.reset();
    for (const name of new Set(wanted.keys())) {
      const field = this.#field(name);
      if (field) write(field, wanted.get(name));
    }
    this.#moveSliders();
  }

  /** A field by name; asked this way, since a field called "length" is hidden by the collection's own. */
  #field(name) {
    return this.form.elements.namedItem(name);
  }

  #fields() {
    return [...this.form.elements].filter((field) => field.name && field.type !== "file");
  }

  #readDefaults() {
    const defaults = {};
    for (const field of this.#fields()) {
      if (field.type === "checkbox") defaults[field.name] = field.defaultChecked ? "on" : "off";
      else if (field.type === "radio") {
        if (field.defaultChecked) defaults[field.name] = field.value;
      } else if (field.type === "select-one") {
        const chosen = [...field.options].find((option) => option.defaultSelected);
        defaults[field.name] = (chosen ?? field.options[0]).value;
      } else defaults[field.name] = field.defaultValue;
    }
    return defaults;
  }

  #follow(field) {
    const name = field.dataset?.pair;
    if (name) {
      write(this.#field(name), formatValue(fromSlider(field)));
      describe(field);
    } else this.#moveSlider(field.name);
  }

  #moveSliders() {
    for (const name of this.sliders.keys()) this.#moveSlider(name);
  }

  #moveSlider(name) {
    const slider = this.sliders.get(name);
    const value = Number(this.#field(name)?.value);
    if (!slider || !Number.isFinite(value)) return;
    slider.value = toSlider(slider, value);
    describe(slider);
  }
}

/** Numbers as short as they can be without losing what a slider set. */
export function formatValue(value) {
  return String(Number(Number(value).toPrecision(6)));
}

/** The numbers of a comma- or space-separated list. */
export function parseNumbers(text) {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const numbers = words.map(Number);
  const odd = numbers.findIndex((number) => !Number.isFinite(number));
  if (odd >= 0) throw new RangeError(t("“{word}” is not a number; write numbers between commas.", { word: words[odd] }));
  if (!numbers.length) throw new RangeError(t("Write at least one number."));
  return numbers;
}

function write(field, value) {
  if (field instanceof RadioNodeList) field.value = value;
  else if (field.type === "checkbox") field.checked = value === "on";
  else if (field.type === "select-one") {
    // An address that names what is not offered leaves the choice as it is.
    if ([...field.options].some((option) => option.value === value)) field.value = value;
  } else field.value = value;
}

function fromSlider(slider) {
  if (!("log" in slider.dataset)) return Number(slider.value);
  const [low, high] = [Math.log10(slider.dataset.min), Math.log10(slider.dataset.max)];
  return Number((10 ** (low + ((high - low) * slider.value) / SLIDER_STEPS)).toPrecision(3));
}

function toSlider(slider, value) {
  if (!("log" in slider.dataset)) return value;
  const [low, high] = [Math.log10(slider.dataset.min), Math.log10(slider.dataset.max)];
  return (SLIDER_STEPS * (Math.log10(value) - low)) / (high - low);
}

function describe(slider) {
  slider.setAttribute("aria-valuetext", formatValue(fromSlider(slider)));
}
