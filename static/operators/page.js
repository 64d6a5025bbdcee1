// What all operator pages do: follow the controls, ask the service, show what it answers, keep the
// address in step.

import { Controls } from "./controls.js";
import { download, showTables, toCsv } from "./numbers.js";
import { ask, OperatorError } from "./rest.js";
import { t } from "../words.js";

const DEBOUNCE_MS = 40;

/**
 * Brings a page to life.
 *
 * @param compute `async (state, ask) => answers`: asks the service; `ask(name, parameters)` is
 *     cancelled when a newer state comes.
 * @param show `async (state, answers) => { tables, warnings }`: draws the plots and returns the numbers
 *     behind them.
 * @param follow `(state, page)`: called after every change of the form, before the service is asked.
 * @returns `read()`, `set(name, value)`, `commit()` and `refuse(sentence)` for handles and editors.
 */
export function startPage({ compute, show, follow = () => {} }) {
  const form = document.getElementById("controls");
  const controls = new Controls(form);
  const slug = form.dataset.page;
  let running = new AbortController();
  let timer = 0;
  let latest = { tables: [], state: {}, answers: {} };

  async function update() {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const state = controls.read();
    const started = performance.now();
    form.dataset.status = "asking";
    try {
      const answers = await compute(state, (name, parameters) => ask(name, parameters, signal));
      if (signal.aborted) return;
      const shown = await show(state, answers);
      latest = { tables: shown.tables, state, answers };
      showTables(document.getElementById("numbers-tables"), shown.tables);
      showWarnings(shown.warnings);
      finish("answered", t("Answered in {ms} ms.", { ms: Math.round(performance.now() - started) }));
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      // A range error is an input that the page itself could not read.
      if (!(error instanceof OperatorError || error instanceof RangeError)) throw error;
      refuse(error.message);
    }
  }

  function refuse(sentence) {
    showWarnings([sentence]);
    finish("refused", t("Not answered; the plots show the last answer."));
  }

  function finish(status, text) {
    form.dataset.status = status;
    form.dataset.answers = Number(form.dataset.answers ?? 0) + 1;
    document.getElementById("answer-time").textContent = text;
  }

  function schedule() {
    clearTimeout(timer);
    form.dataset.status = "asking";
    timer = setTimeout(update, DEBOUNCE_MS);
  }

  function commit() {
    const query = controls.toQuery();
    const address = location.pathname + (query ? `?${query}` : "");
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    document.getElementById("permalink").href = address;
  }

  function load(query) {
    controls.load(query);
    follow(controls.read(), page);
    update();
  }

  const page = {
    read: () => controls.read(),
    set(name, value) {
      controls.set(name, value);
      schedule();
    },
    commit,
    refuse,
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || !(event.target.name || event.target.dataset.pair)) return;
    follow(controls.read(), page);
    schedule();
  });
  form.addEventListener("change", commit);
  addEventListener("popstate", () => load(location.search));
  for (const link of document.querySelectorAll("a[data-preset]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      load(link.search);
      commit();
    });
  }
  document.getElementById("download-json").addEventListener("click", () => {
    const { state, answers } = latest;
    download(`${slug}.json`, "application/json", JSON.stringify({ page: slug, state, answers }, null, 2));
  });
  document.getElementById("download-csv").addEventListener("click", () => {
    download(`${slug}.csv`, "text/csv", toCsv(latest.tables));
  });
  document.getElementById("start-over").addEventListener("click", () => {
    load("");
    commit();
  });
  load(location.search);
  return page;
}

/** The warnings of answers: which pitfalls fired. */
export function warningsOf(...answers) {
  return answers.flatMap((answer) => answer.warnings);
}

function showWarnings(sentences) {
  const place = document.getElementById("warnings");
  const items = [...new Set(sentences)].map((sentence) => {
    const item = document.createElement("p");
    item.textContent = sentence;
    return item;
  });
  place.replaceChildren(...items);
  place.classList.toggle("notice", items.length > 0);
}
