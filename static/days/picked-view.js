// A day's list in another way than the server's: only some of its papers, or another order.

import { t } from "../words.js";

const SHOWN_AT_ONCE = 25;
const AHEAD = "1200px";

/** The level of headings of cards: each list here has a heading of its own. */
const LEVEL = 3;

const GROUP_NAMES = {
  new: () => t("New submissions"),
  cross: () => t("Cross-lists"),
  replace: () => t("Replacements"),
};

/** Shows chosen lines of a day, 25 at a time as one scrolls. */
export class PickedView {
  /**
   * @param root where they are shown.
   * @param cards the store of cards.
   * @param onAdded called with the root after cards were added.
   */
  constructor(root, cards, onAdded) {
    this.root = root;
    this.cards = cards;
    this.onAdded = onAdded;
    this.lines = [];
    this.shown = 0;
    this.run = 0;
    this.end = document.createElement("p");
    this.end.className = "picked-end hint";
    this.observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.more(),
      { rootMargin: AHEAD },
    );
  }

  /**
   * Show these lines in place of what is shown.
   *
   * @param lines as `whole-day.js` has them.
   * @param isGrouped whether arXiv's groups keep their headings.
   * @param title of a list without groups.
   * @param nothing said where there is no line.
   * @param atLeast how many are shown at once, for coming back.
   */
  async show(lines, { isGrouped, title, nothing, atLeast = SHOWN_AT_ONCE }) {
    this.run += 1;
    this.observer.disconnect();
    Object.assign(this, { lines, isGrouped, title, shown: 0, isBusy: false });
    this.root.replaceChildren();
    this.end.textContent = lines.length === 0 ? nothing : "";
    this.root.after(this.end);
    if (lines.length > 0) await this.more(atLeast);
  }

  /** Let go of the list. */
  clear() {
    this.run += 1;
    this.observer.disconnect();
    this.end.remove();
    this.root.replaceChildren();
  }

  async more(count = SHOWN_AT_ONCE) {
    if (this.isBusy || this.shown >= this.lines.length) return;
    const run = this.run;
    this.isBusy = true;
    const part = this.lines.slice(this.shown, this.shown + count);
    let items;
    try {
      items = await this.cards.get(part.map((line) => line.id), LEVEL);
    } catch {
      if (run !== this.run) return;
      this.isBusy = false;
      this.end.textContent = t("These papers could not be loaded. Reload the page to try again.");
      return;
    }
    if (run !== this.run) return;
    const byId = new Map(items.map((item) => [item.firstElementChild.dataset.paperId, item]));
    for (const line of part) if (byId.has(line.id)) this.add(line, byId.get(line.id));
    this.shown += part.length;
    this.isBusy = false;
    this.onAdded(this.root);
    this.observer.disconnect();
    if (this.shown < this.lines.length) this.observer.observe(this.end);
    else this.end.textContent = t("That is all.");
  }

  add(line, item) {
    const number = item.querySelector(".card-number");
    if (number !== null) number.textContent = String(line.number);
    this.findList(this.isGrouped ? line.group : "").append(item);
  }

  findList(group) {
    const last = this.root.lastElementChild;
    if (last !== null && last.dataset.group === group) return last.querySelector("ol");
    const section = document.createElement("section");
    section.className = "lines-group";
    section.dataset.group = group;
    const heading = document.createElement("h2");
    heading.textContent = GROUP_NAMES[group]?.() ?? this.title;
    const list = document.createElement("ol");
    list.className = "cards";
    section.append(heading, list);
    this.root.append(section);
    return list;
  }
}
