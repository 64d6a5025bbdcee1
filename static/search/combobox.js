// Suggestions under a search box: an ARIA 1.2 combobox with a list of groups.

import { make } from "../controls.js";
import { number, t, tn } from "../words.js";

const PAUSE_MS = 120;

/** Longest text for which the service suggests anything, characters. */
const MAX_CHARS = 200;

const PER_GROUP = 4;

let lists = 0;

export class Combobox {
  #input;
  #choose;
  #list;
  #status;
  #options = [];
  #active = -1;
  #timer = 0;
  #running = new AbortController();

  /**
   * @param input the search box.
   * @param choose called with the chosen suggestion as REST gives it, and its group's `type`.
   */
  constructor(input, choose) {
    this.#input = input;
    this.#choose = choose;
    lists += 1;
    this.#list = make("div", {
      id: `suggestions-${lists}`, class: "suggestions", role: "listbox", hidden: true,
      "aria-label": t("Suggestions"),
    });
    this.#status = make("span", { class: "hidden", role: "status" });
    const box = make("div", { class: "combobox" });
    input.replaceWith(box);
    box.append(input, this.#list, this.#status);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.#list.id,
    })) input.setAttribute(name, value);
    input.addEventListener("input", (event) => {
      if (!event.isComposing) this.#ask();
    });
    input.addEventListener("compositionend", () => this.#ask());
    input.addEventListener("keydown", (event) => this.#press(event));
    input.addEventListener("blur", () => this.close());
    // The box keeps the focus while one chooses with a pointer.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option !== null) this.#take(this.#options.indexOf(option));
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** Put the list away, and whatever is on its way with it. */
  close() {
    clearTimeout(this.#timer);
    this.#running.abort();
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#activate(-1);
  }

  #ask(pause = PAUSE_MS) {
    clearTimeout(this.#timer);
    this.#running.abort();
    const text = this.#input.value;
    if (!text.trim() || text.length > MAX_CHARS) {
      this.close();
      return;
    }
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.#timer = setTimeout(() => this.#fetch(text, signal), pause);
  }

  async #fetch(text, signal) {
    const query = new URLSearchParams({ q: text, limit: PER_GROUP });
    try {
      const answer = await fetch(`/api/v1/suggest?${query}`, { signal });
      const found = answer.ok ? await answer.json() : { groups: [] };
      if (!signal.aborted && document.activeElement === this.#input) this.#show(found.groups);
    } catch (error) {
      // Suggestions are a help; without the service the search itself says what is wrong.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  #show(groups) {
    this.#list.replaceChildren(...groups.map((group) => this.#makeGroup(group)));
    this.#options = [...this.#list.querySelectorAll("[role=option]")];
    this.#options.forEach((option, place) => {
      option.id = `${this.#list.id}-${place}`;
    });
    const count = this.#options.length;
    if (count === 0) {
      this.close();
      return;
    }
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#activate(-1);
    this.#status.textContent = tn("{count} suggestion", "{count} suggestions", count);
  }

  #makeGroup({ type, suggestions }) {
    const names = {
      phrase: t("Phrases"), author: t("Authors"), category: t("Categories"), title: t("Titles"),
    };
    const heading = make("div", { class: "suggestion-kind", role: "presentation" }, names[type]);
    const options = suggestions.map((suggestion) => {
      const option = make(
        "div",
        { role: "option", "aria-selected": "false", class: "suggestion" },
        make("span", { dir: "auto" }, describe(suggestion)),
        make("span", { class: "count" }, suggestion.count === null ? "" : number(suggestion.count)),
      );
      option.suggestion = { ...suggestion, type };
      return option;
    });
    return make("div", { role: "group", "aria-label": names[type] }, heading, ...options);
  }

  #press(event) {
    if (event.isComposing) return;
    const keys = {
      ArrowDown: () => this.#move(1),
      ArrowUp: () => (event.altKey ? this.close() : this.#move(-1)),
      Home: () => this.#jump(0),
      End: () => this.#jump(this.#options.length - 1),
      Escape: () => this.#leave(),
      Enter: () => this.#accept(),
    };
    // What a key does not do here, it does to the text as ever.
    if (event.key in keys && keys[event.key]() !== false) event.preventDefault();
    if (event.key === "Tab") this.close();
  }

  #move(step) {
    if (!this.isOpen) {
      if (step > 0) this.#ask(0);
      return step > 0;
    }
    // Before the first and behind the last option stands the text itself.
    const places = this.#options.length + 1;
    this.#activate(((this.#active + 1 + step + places) % places) - 1);
    return true;
  }

  #jump(place) {
    if (!this.isOpen || this.#active < 0) return false;
    this.#activate(place);
    return true;
  }

  #leave() {
    if (!this.isOpen) return false;
    this.close();
    return true;
  }

  #accept() {
    if (!this.isOpen || this.#active < 0) {
      this.close();
      return false;
    }
    this.#take(this.#active);
    return true;
  }

  #take(place) {
    const { suggestion } = this.#options[place];
    this.close();
    this.#choose(suggestion);
  }

  #activate(place) {
    this.#options[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = place;
    const option = this.#options[place];
    if (option === undefined) {
      this.#input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", option.id);
  }
}

function describe({ text, description }) {
  return description === null ? text : `${text} · ${description}`;
}
