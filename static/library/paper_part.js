// A part of the library that is a list of papers, the newest first: stars or history.

import { listAddress, shareList } from "../cards/selection_bar.js";
import { make } from "../controls.js";
import { CardStore } from "../days/cards.js";
import { fold } from "../days/matching.js";
import { forget, read, watch } from "../local/store.js";
import { day, number, t, tn } from "../words.js";

/** Papers shown at once; a button shows as many more. */
const PAGE = 25;

/** Most papers of an exported or shared list, as the service has it. */
const MAX_LISTED = 2_000;

/** The latest papers that others are looked for with. */
const MAX_SEEDS = 200;

const CARD_LEVEL = 3;

export class PaperPart {
  #kind;
  #place;
  #cards = new CardStore("all");
  #limit = PAGE;
  #round = 0;

  /** @param kind a kind of the store that is a list of papers. */
  constructor(kind) {
    this.#kind = kind;
    this.#place = document.getElementById(`part-${kind}`);
    this.#find("[data-filter]").addEventListener("input", () => {
      this.#limit = PAGE;
      this.show();
    });
    this.#find("[data-more]").addEventListener("click", () => {
      this.#limit += PAGE;
      this.show();
    });
    this.#find("[data-share]").addEventListener("click", () => shareList(this.#listIds()));
    this.#find("[data-forget]")?.addEventListener("click", () => {
      forget("history");
      forget("seen");
    });
    watch(kind, () => {
      if (!this.#place.hidden) this.show();
    });
  }

  /** Show the papers as they are now. */
  async show() {
    this.#round += 1;
    const round = this.#round;
    const papers = this.#list();
    const shown = papers.slice(0, this.#limit);
    this.#showTools(papers);
    this.#find("[data-more]").hidden = papers.length <= shown.length;
    let items = null;
    try {
      items = await this.#cards.get(shown.map((paper) => paper.id), CARD_LEVEL);
    } catch {
      // Titles are kept here; they do until the service answers again.
    }
    // A newer call shows what is newer.
    if (round !== this.#round) return;
    const list = this.#find("[data-list]");
    list.replaceChildren(
      ...shown.map((paper, place) => findItem(items, paper, place + 1) ?? makeTitle(paper)),
    );
    list.classList.toggle("is-plain", items === null);
    this.#find("[data-note]").textContent = this.#describe(papers.length, items);
  }

  #describe(count, items) {
    if (count === 0) return "";
    if (items === null) return t("The service does not answer; these are the titles kept here.");
    return tn("{count} paper, the latest first", "{count} papers, the latest first", count);
  }

  #list() {
    const wanted = fold(this.#find("[data-filter]").value.trim());
    return read(this.#kind)
      .filter((paper) => fold(`${paper.title} ${paper.id}`).includes(wanted))
      .toReversed();
  }

  #listIds() {
    return this.#list().slice(0, MAX_LISTED).map((paper) => paper.id);
  }

  #showTools(papers) {
    const isEmpty = read(this.#kind).length === 0;
    const ids = this.#listIds();
    this.#find("[data-nothing]").hidden = !isEmpty;
    this.#find(".part-tools").hidden = isEmpty;
    for (const link of this.#place.querySelectorAll("[data-suffix], [data-related]")) {
      link.hidden = papers.length === 0;
      link.href = link.dataset.suffix ? listAddress(ids, link.dataset.suffix) : relatedAddress(ids);
    }
    this.#find("[data-share]").disabled = papers.length === 0;
  }

  #find(selector) {
    return this.#place.querySelector(selector);
  }
}

function relatedAddress(ids) {
  return `/related?ids=${ids.slice(0, MAX_SEEDS).join(",")}`;
}

/** The card of a paper with its place in the list. */
function findItem(items, paper, place) {
  const item = items?.find((each) => each.firstElementChild.dataset.paperId === paper.id);
  if (item === undefined) return undefined;
  const copy = document.importNode(item, true);
  copy.querySelector(".card-number").textContent = number(place);
  return copy;
}

/** A paper of which only the title is at hand. */
function makeTitle(paper) {
  const link = make("a", { href: `/abs/${paper.id}`, dir: "auto" }, paper.title || `arXiv:${paper.id}`);
  const when = make("span", { class: "hint" }, `arXiv:${paper.id} · ${day(new Date(paper.at))}`);
  return make("li", { class: "title-only" }, make("h3", { class: "card-title" }, link), when);
}
