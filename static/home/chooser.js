// Categories in and out, remembered in this browser; the address of the list they make is shown as
// one ticks. A category is in, out or neither: its two boxes exclude each other.

import { fold } from "../days/matching.js";
import { change, read, watch } from "../local/store.js";
import { tn } from "../words.js";

const SETTLED_MS = 200;

export function connectChooser(form) {
  const output = document.getElementById("chooser-expression");
  const count = document.getElementById("chooser-count");
  const clear = document.getElementById("chooser-clear");
  let asking = new AbortController();
  let timer;
  for (const element of form.querySelectorAll("[data-needs-js]")) element.hidden = false;
  show(read("chooser"));
  watch("chooser", show);
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type === "checkbox") choose(box.value, box.name, box.checked);
  });
  form.addEventListener("submit", (event) => {
    const address = makeAddress(read("chooser"));
    if (address === "") return;
    event.preventDefault();
    location.assign(address);
  });
  clear.addEventListener("click", () => change("chooser", () => ({ include: [], exclude: [] })));
  connectSearch(form);

  function show(chosen) {
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      box.checked = chosen[box.name === "in" ? "include" : "exclude"].includes(box.value);
    }
    for (const row of form.querySelectorAll(".choice-row")) {
      const { code } = row.dataset;
      row.classList.toggle("is-in", chosen.include.includes(code));
      row.classList.toggle("is-out", chosen.exclude.includes(code));
    }
    // What is chosen is in sight.
    for (const details of form.querySelectorAll("details:has(input:checked)")) details.open = true;
    output.textContent = writeExpression(chosen);
    clear.disabled = output.textContent === "";
    clearTimeout(timer);
    timer = setTimeout(() => countPapers(chosen), SETTLED_MS);
  }

  async function countPapers(chosen) {
    asking.abort();
    asking = new AbortController();
    count.textContent = "";
    const expression = writeExpression(chosen);
    const { day } = form.dataset;
    if (expression === "" || day === "") return;
    const query = new URLSearchParams({ month: day.slice(0, 7), cat: expression });
    try {
      const answer = await fetch(`/api/v1/days?${query}`, { signal: asking.signal });
      if (!answer.ok) return;
      const found = (await answer.json()).days.find((each) => each.day === day);
      count.textContent = tn("{count} paper on the newest day", "{count} papers on the newest day", found?.papers ?? 0);
    } catch {
      // The list itself will tell.
    }
  }
}

/** The expression as the service writes it: terms in alphabetical order. */
export function writeExpression({ include, exclude }) {
  return sort(include).join("+") + sort(exclude).map((code) => `-${code}`).join("");
}

function makeAddress(chosen) {
  const expression = writeExpression(chosen);
  return expression === "" ? "" : `/list/${expression}`;
}

function sort(codes) {
  return [...codes].sort((one, other) => {
    const [a, b] = [one.toLowerCase(), other.toLowerCase()];
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

function choose(code, name, isChosen) {
  const [to, from] = name === "in" ? ["include", "exclude"] : ["exclude", "include"];
  change("chooser", (chosen) => {
    const others = chosen[to].filter((each) => each !== code);
    return {
      ...chosen,
      [to]: isChosen ? [...others, code] : others,
      [from]: isChosen ? chosen[from].filter((each) => each !== code) : chosen[from],
    };
  });
}

function connectSearch(form) {
  const field = document.getElementById("chooser-q");
  const nothing = document.getElementById("chooser-nothing");
  field.addEventListener("input", () => {
    const wanted = fold(field.value).trim();
    let found = 0;
    for (const row of form.querySelectorAll(".choice-row")) {
      const isWanted = fold(row.querySelector("a").textContent).includes(wanted);
      row.closest("li")?.toggleAttribute("hidden", !isWanted);
      row.classList.toggle("is-unwanted", !isWanted);
      found += Number(isWanted);
    }
    for (const archive of form.querySelectorAll(".chooser-archive")) {
      const details = archive.querySelector("details");
      const hasWanted = archive.querySelector(".choice-row:not(.is-unwanted)") !== null;
      archive.hidden = !hasWanted;
      if (details === null) continue;
      details.hidden = details.querySelector(".choice-row:not(.is-unwanted)") === null;
      details.open = wanted === "" ? details.querySelector("input:checked") !== null : !details.hidden;
    }
    for (const group of form.querySelectorAll(".chooser-group")) {
      group.hidden = group.querySelector(".chooser-archive:not([hidden])") === null;
    }
    nothing.hidden = found > 0;
  });
  // Enter in the search opens no list by mistake.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}
