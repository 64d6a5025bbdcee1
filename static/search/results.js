// What stands below the search form, exchanged for newer results. Only the newest question is
// answered: asking cancels what was asked before.

import { make } from "../controls.js";
import { t } from "../words.js";
import { partOf } from "./addresses.js";

/** Pages of results kept for Back, which shows them at once. */
const REMEMBERED_PAGES = 20;

export class Results {
  #place;
  #status;
  #running = null;
  #remembered = new Map();

  /**
   * @param place the element whose content is exchanged.
   * @param status the live region that says how much was found.
   */
  constructor(place, status) {
    this.#place = place;
    this.#status = status;
    this.#remember(location.pathname + location.search, place.innerHTML);
  }

  /** Show what an address asks; resolves to `shown`, `failed`, or `outrun` by something newer. */
  async show(address, { fromMemory = false, isTyping = false } = {}) {
    this.#running?.abort();
    const known = fromMemory ? this.#remembered.get(address) : undefined;
    if (known !== undefined) {
      this.#put(known);
      return "shown";
    }
    const running = new AbortController();
    this.#running = running;
    this.#place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(partOf(address, "results", isTyping ? { typing: 1 } : {}), { signal: running.signal });
      const html = await answer.text();
      if (running.signal.aborted) return "outrun";
      if (!holdsResults(html)) throw new TypeError(`status ${answer.status}`);
      // What answers a word that has just begun is not what answers its address.
      if (answer.ok && !isTyping) this.#remember(address, html);
      this.#put(html);
    } catch (error) {
      if (running.signal.aborted) return "outrun";
      // What fetch throws where nobody answers, and what is thrown above.
      if (!(error instanceof TypeError)) throw error;
      this.#fail(address);
      return "failed";
    }
    return "shown";
  }

  #put(html) {
    const kept = noteFocus(this.#place);
    this.#place.innerHTML = html;
    this.#place.setAttribute("aria-busy", "false");
    kept();
    const section = this.#place.querySelector("[data-title]");
    if (section !== null) document.title = section.dataset.title;
    this.#status.textContent = this.#place.querySelector("#results-title")?.textContent.trim() ?? "";
  }

  #fail(address) {
    this.#place.setAttribute("aria-busy", "false");
    this.#place.querySelector(".unanswered")?.remove();
    const notice = make("div", { class: "notice error unanswered", role: "alert" });
    const again = make("a", { href: address }, t("Try again"));
    notice.append(
      make("p", {}, t("The service did not answer; what is shown is older than the question."), " ", again),
    );
    this.#place.prepend(notice);
  }

  #remember(address, html) {
    this.#remembered.delete(address);
    this.#remembered.set(address, html);
    if (this.#remembered.size > REMEMBERED_PAGES) {
      this.#remembered.delete(this.#remembered.keys().next().value);
    }
  }
}

function holdsResults(html) {
  return html.includes('class="found"');
}

/** What puts the focus, and the text being typed, back into the field of the same name. */
function noteFocus(place) {
  const { activeElement } = document;
  if (!place.contains(activeElement) || !activeElement.id) return () => {};
  const { id, value, tagName } = activeElement;
  return () => {
    const field = document.getElementById(id);
    if (field === null || field.tagName !== tagName) return;
    if (tagName === "INPUT") field.value = value;
    field.focus({ preventScroll: true });
  };
}
