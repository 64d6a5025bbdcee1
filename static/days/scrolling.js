// A day's list as one scrolls: the next page of the server's list joins this one before its end is
// in sight. The address names the page in view, and coming back leads to the paper one left.

import { t } from "../words.js";

/** How far below the window's edge the next page is asked for. */
const AHEAD = "1200px";
const SETTLED_MS = 150;

/** The pages of the server's list that are on this page. */
export class Pages {
  /**
   * @param root the element that holds the list.
   * @param onAdded called with the list after pages joined it.
   */
  constructor(root, onAdded) {
    this.root = root;
    this.onAdded = onAdded;
    this.limit = Number(root.dataset.limit);
    this.total = Number(root.dataset.total);
    this.first = this.last = Number(root.dataset.offset);
    this.isPaused = false;
    this.loading = null;
    root.querySelector("li")?.setAttribute("data-page", String(this.first));
    this.end = document.querySelector("nav.paging");
    this.observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.loadNext(),
      { rootMargin: AHEAD },
    );
  }

  /** Begin to watch the list's end; `saved` is what `describe` told when one left. */
  async start(saved) {
    if (saved) await this.restore(saved);
    this.watchEnd();
    this.showEnd();
  }

  /** Stand back while the list is shown in another way. */
  pause() {
    this.isPaused = true;
    this.end.hidden = true;
  }

  /** Go on where the list stood. */
  resume() {
    this.isPaused = false;
    this.end.hidden = false;
    this.watchEnd();
  }

  watchEnd() {
    // Only a new observation tells of an end that is near already.
    this.observer.unobserve(this.end);
    if (this.hasNext) this.observer.observe(this.end);
  }

  get hasNext() {
    return this.last + this.limit < this.total;
  }

  /** Which pages are here, and which paper stands where in the window. */
  describe() {
    const item = [...this.root.querySelectorAll("li")].find(
      (each) => each.getBoundingClientRect().bottom > 0,
    );
    const id = item?.firstElementChild?.dataset.paperId ?? "";
    return { first: this.first, last: this.last, id, top: item?.getBoundingClientRect().top ?? 0 };
  }

  /** Where the page in the middle of the window begins. */
  findOffsetInView() {
    const middle = innerHeight / 2;
    const begun = [...this.root.querySelectorAll("li[data-page]")].filter(
      (item) => item.getBoundingClientRect().top < middle,
    );
    return Number(begun.at(-1)?.dataset.page ?? this.first);
  }

  async loadNext() {
    if (this.isPaused || this.loading || !this.hasNext) return;
    this.loading = this.fetchPage(this.last + this.limit);
    this.end.setAttribute("aria-busy", "true");
    try {
      const page = await this.loading;
      this.last += this.limit;
      append(this.root, page);
      this.onAdded(this.root);
      this.showEnd();
      this.watchEnd();
    } catch {
      this.observer.disconnect();
      this.showFailure();
    } finally {
      this.loading = null;
      this.end.removeAttribute("aria-busy");
    }
  }

  async restore({ first, last, id, top }) {
    const offsets = [];
    for (let offset = first; offset <= last && offset < this.total; offset += this.limit) {
      if (offset !== this.first) offsets.push(offset);
    }
    let pages;
    try {
      pages = await Promise.all(offsets.map((offset) => this.fetchPage(offset)));
    } catch {
      return;
    }
    const own = this.first;
    pages.forEach((page, number) => offsets[number] > own && append(this.root, page));
    pages.reverse().forEach((page, number) => offsets.at(-1 - number) < own && prepend(this.root, page));
    this.first = Math.min(own, ...offsets);
    this.last = Math.max(own, ...offsets);
    this.onAdded(this.root);
    scrollToPaper(this.root, id, top);
  }

  async fetchPage(offset) {
    const address = new URL(this.root.dataset.address, location.href);
    address.searchParams.set("offset", String(offset));
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const lines = page.getElementById("day-lines");
    lines.querySelector("li")?.setAttribute("data-page", String(offset));
    return lines;
  }

  showEnd() {
    const shown = this.root.querySelectorAll("ol.cards > li").length;
    this.end.classList.toggle("is-scrolled", true);
    this.end.querySelector("span:nth-child(2)").textContent = this.hasNext
      ? t("Loading more papers …")
      : t("That is all.");
    document.getElementById("day-said").textContent = t("{shown} of {total} papers shown", {
      shown,
      total: this.total,
    });
  }

  showFailure() {
    const again = document.createElement("a");
    const address = new URL(this.root.dataset.address, location.href);
    address.searchParams.set("offset", String(this.last + this.limit));
    again.href = address.pathname + address.search;
    again.textContent = t("More papers could not be loaded. Try again");
    this.end.querySelector("span:nth-child(2)").replaceChildren(again);
  }
}

/** Keep the address and the place of return up to date; `describe` tells what to come back to. */
export function trackPlace(describe, findOffset) {
  let timer;
  const keep = () => {
    const address = new URL(location.href);
    const offset = findOffset();
    if (offset > 0) address.searchParams.set("offset", String(offset));
    else address.searchParams.delete("offset");
    history.replaceState({ ...history.state, days: describe() }, "", address);
  };
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, SETTLED_MS);
  });
  addEventListener("pagehide", keep);
}

/** Put a paper where it stood in the window. */
export function scrollToPaper(root, id, top) {
  const card = id ? root.querySelector(`[data-paper-id="${CSS.escape(id)}"]`) : null;
  if (card === null) return;
  const item = card.closest("li");
  scrollTo({ top: scrollY + item.getBoundingClientRect().top - top, behavior: "instant" });
}

function append(root, page) {
  for (const section of [...page.children]) {
    const last = root.lastElementChild;
    if (last !== null && last.dataset.group === section.dataset.group) {
      last.querySelector("ol").append(...section.querySelector("ol").children);
    } else root.append(section);
  }
}

function prepend(root, page) {
  for (const section of [...page.children].reverse()) {
    const first = root.firstElementChild;
    if (first !== null && first.dataset.group === section.dataset.group) {
      const list = first.querySelector("ol");
      list.prepend(...section.querySelector("ol").children);
      list.start = section.querySelector("ol").start;
    } else root.prepend(section);
  }
}
