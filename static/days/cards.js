// Cards of papers by identifier: those that were ever on this page, and others from the service.

const MAX_ASKED = 50;

/** Holds list items by paper; `list` names the list that their categories' signs lead on from. */
export class CardStore {
  constructor(list) {
    this.list = list;
    this.items = new Map();
  }

  /** Remember copies of the items of an element, as they are before anything is marked. */
  keep(root) {
    for (const item of root.querySelectorAll("li:has(> [data-paper-id])")) {
      const id = item.firstElementChild.dataset.paperId;
      if (!this.items.has(id)) this.items.set(id, document.importNode(item, true));
    }
  }

  /**
   * The items of papers, in order; papers that the service does not know are left out.
   *
   * @throws Error the service does not answer.
   */
  async get(ids, level) {
    const unknown = ids.filter((id) => !this.items.has(id));
    for (let begin = 0; begin < unknown.length; begin += MAX_ASKED) {
      await this.load(unknown.slice(begin, begin + MAX_ASKED), level);
    }
    return ids.map((id) => this.items.get(id)).filter((item) => item !== undefined);
  }

  async load(ids, level) {
    const query = new URLSearchParams({ ids: ids.join(","), list: this.list, level: String(level) });
    const answer = await fetch(`/cards?${query}`);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    this.keep(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }
}
