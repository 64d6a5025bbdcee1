// A day's list in the browser: pages as one scrolls, filter lines, the order of one's taste, papers
// seen left out. Without this module the list is complete and paged.

import { say } from "../frame/toast.js";
import { read } from "../local/store.js";
import { t } from "../words.js";
import { CardStore } from "./cards.js";
import { clearMarks, markLines } from "./marks.js";
import { countLines, isEmpty, passes, readLines } from "./matching.js";
import { PickedView } from "./picked-view.js";
import { Pages, scrollToPaper, trackPlace } from "./scrolling.js";
import { showSince } from "./since.js";
import { readState, writeState } from "./state.js";
import { findWords, orderByTaste } from "./taste.js";
import { loadWholeDay } from "./whole-day.js";

const TYPED_MS = 120;

const openedAt = Date.now();
const root = document.getElementById("day-lines");
const form = document.getElementById("filter");

if (root.children.length > 0) startList();
showSince();

function startList() {
  const cards = new CardStore(root.dataset.list);
  const pickedRoot = document.createElement("div");
  pickedRoot.id = "day-picked";
  root.after(pickedRoot);
  const pages = new Pages(root, (added) => {
    cards.keep(added);
    markLines(added, marked);
  });
  const view = new PickedView(pickedRoot, cards, (added) => markLines(added, marked));
  cards.keep(root);
  let marked = [];
  let state = readState();
  let wholeDay = null;
  let run = 0;
  const saved = history.state?.days;
  if (saved) history.scrollRestoration = "manual";

  trackPlace(
    () => (pages.isPaused ? { ...describePicked(), first: pages.first, last: pages.last } : pages.describe()),
    () => (pages.isPaused ? pages.first : pages.findOffsetInView()),
  );
  connectControls();
  showControls();
  const isPicked = picks(state);
  pages.start(isPicked ? undefined : saved);
  if (isPicked || !isEmpty(readFilter())) apply(saved);

  function connectControls() {
    for (const id of ["by-taste", "hide-seen", "open-filter"]) {
      document.getElementById(id).hidden = false;
    }
    document.getElementById("open-filter").addEventListener("click", () => {
      form.hidden = !form.hidden;
      showControls();
      if (!form.hidden) form.elements.with.focus();
    });
    document.getElementById("by-taste").addEventListener("click", () => update({ byTaste: !state.byTaste }));
    document.getElementById("hide-seen").addEventListener("click", () => update({ hidesSeen: !state.hidesSeen }));
    form.addEventListener("submit", (event) => event.preventDefault());
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(updateFromForm, TYPED_MS);
    });
    form.addEventListener("reset", () => update({ with: "", without: "", joinsAll: false, showsOnly: true }));
    addEventListener("hashchange", () => {
      state = readState();
      showControls();
      apply();
    });
  }

  function updateFromForm() {
    const { with: included, without, join, only } = form.elements;
    update({
      with: included.value,
      without: without.value,
      joinsAll: join.value === "all",
      showsOnly: only.checked,
    });
  }

  function update(changed) {
    state = { ...state, ...changed };
    writeState(state);
    showControls();
    apply();
  }

  function showControls() {
    press("by-taste", state.byTaste);
    press("hide-seen", state.hidesSeen);
    if (!isEmpty(readFilter())) form.hidden = false;
    document.getElementById("open-filter").setAttribute("aria-expanded", String(!form.hidden));
    const { with: included, without, join, only } = form.elements;
    if (included.value !== state.with) included.value = state.with;
    if (without.value !== state.without) without.value = state.without;
    join.value = state.joinsAll ? "all" : "any";
    only.checked = state.showsOnly;
  }

  function readFilter() {
    return {
      included: readLines(state.with),
      excluded: readLines(state.without),
      joinsAll: state.joinsAll,
    };
  }

  async function apply(returning) {
    run += 1;
    const ownRun = run;
    const filter = readFilter();
    marked = filter.included;
    if (isEmpty(filter) && !picks(state)) {
      showCounts("");
      showPages();
      return;
    }
    let lines;
    try {
      wholeDay ??= loadWholeDay(root.dataset.twin);
      lines = await wholeDay;
    } catch {
      wholeDay = null;
      say(t("The whole list could not be loaded. Try again."));
      return;
    }
    if (ownRun !== run) return;
    const passing = lines.filter((line) => passes(line.text, filter));
    showCounts(isEmpty(filter) ? "" : describeCounts(lines, passing, filter));
    if (!picks(state)) {
      showPages();
      return;
    }
    await showPicked(state.showsOnly ? passing : lines, ownRun, returning);
  }

  async function showPicked(chosen, ownRun, returning) {
    const seen = read("seen");
    let lines = chosen;
    if (state.hidesSeen) lines = lines.filter((line) => !(seen[line.id] < openedAt));
    if (state.byTaste) {
      const ordered = await order(lines);
      if (ownRun !== run) return;
      if (ordered === null) {
        state = { ...state, byTaste: false };
        writeState(state);
        showControls();
        if (!picks(state)) return showPages();
      } else lines = ordered;
    }
    root.hidden = true;
    pages.pause();
    await view.show(lines, {
      isGrouped: !state.byTaste,
      title: state.byTaste ? t("By your preferences") : t("Papers"),
      nothing: chosen.length > 0 ? t("You have seen all of these papers.") : t("No paper of this list passes the filter."),
      atLeast: returning?.shown,
    });
    if (returning?.id) scrollToPaper(pickedRoot, returning.id, returning.top);
  }

  async function order(lines) {
    try {
      const words = await findWords();
      if (words.length > 0) return await orderByTaste(lines, words);
      say(t("Nothing tells your taste yet: enter words in the library, or star some papers."));
    } catch {
      say(t("The order by your preferences could not be loaded. Try again."));
    }
    return null;
  }

  function showPages() {
    if (pages.isPaused) {
      view.clear();
      root.hidden = false;
      pages.resume();
    }
    if (marked.length > 0) markLines(root, marked);
    else clearMarks(root);
  }

  function describePicked() {
    const item = [...pickedRoot.querySelectorAll("li")].find(
      (each) => each.getBoundingClientRect().bottom > 0,
    );
    return {
      shown: view.shown,
      id: item?.firstElementChild?.dataset.paperId ?? "",
      top: item?.getBoundingClientRect().top ?? 0,
    };
  }
}

function picks({ with: included, without, showsOnly, hidesSeen, byTaste }) {
  const filters = readLines(included).length + readLines(without).length > 0;
  return (filters && showsOnly) || hidesSeen || byTaste;
}

function describeCounts(lines, passing, { included, excluded }) {
  const texts = lines.map((line) => line.text);
  const each = [...included, ...excluded];
  const counts = countLines(texts, each);
  const total = t("{passing} of {total} papers", { passing: passing.length, total: lines.length });
  return [total, ...each.map((line, number) => `${line} ${counts[number]}`)].join(" · ");
}

function showCounts(text) {
  document.getElementById("filter-counts").textContent = text;
}

function press(id, isPressed) {
  document.getElementById(id).setAttribute("aria-pressed", String(isPressed));
}
