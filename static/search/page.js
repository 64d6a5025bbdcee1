// The search page: results while one types, links and filters without a new page. The address stays
// the state of the page, so that Back, reload and a copied address work as they do without scripts.

import { isPlainClick, reveal } from "../controls.js";
import { fillForm, readForm, searchAddressOf } from "./addresses.js";
import { Combobox } from "./combobox.js";
import { serveFacetSearch, serveMoreFacets } from "./facets.js";
import { serveReasons } from "./reasons.js";
import { Results } from "./results.js";
import { serveTools } from "./tools.js";
import { serveYears } from "./years.js";

/** How long a pause in typing is, milliseconds. */
const TYPING_PAUSE_MS = 120;

const OWN_CONTROLS = "[data-save-search], [data-reasons-of], .years *";

const form = document.getElementById("search");
const input = form.elements.namedItem("q");
const place = document.getElementById("results");
const results = new Results(place, document.getElementById("search-status"));
let timer = 0;
let shown = location.pathname + location.search;

/** Whether the newest entry of the history is one that typing made and may still replace. */
let isTyping = false;

/** Show what an address asks; whether it is shown now. */
async function show(address, options) {
  shown = address;
  const outcome = await results.show(address, options);
  if (outcome === "shown") prepare();
  // Asking again is no repetition then.
  if (outcome === "failed") shown = "";
  return outcome === "shown";
}

function type() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const address = readForm(form, shown);
    if (address === shown) return;
    if (isTyping) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    isTyping = true;
    show(address, { isTyping });
  }, TYPING_PAUSE_MS);
}

/** Go to an address for good: what was typed on the way there is one step of Back. */
async function go(address, { focusesResults = true } = {}) {
  clearTimeout(timer);
  suggestions.close();
  fillForm(form, address);
  const isNew = address !== shown || isTyping;
  if (isTyping) history.replaceState(null, "", address);
  else if (isNew) history.pushState(null, "", address);
  isTyping = false;
  if (isNew && !(await show(address))) return;
  if (focusesResults) document.getElementById("results-title")?.focus();
}

const suggestions = new Combobox(input, (suggestion) => {
  if (suggestion.type === "title") location.assign(suggestion.url);
  else {
    input.value = suggestion.query;
    go(readForm(form, shown), { focusesResults: false });
  }
});

input.addEventListener("input", (event) => {
  if (!event.isComposing) type();
});
input.addEventListener("compositionend", type);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(readForm(form, shown));
});
place.addEventListener("change", (event) => {
  if (event.target.form === form) go(readForm(form, shown), { focusesResults: false });
});
place.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link === null || !isPlainClick(event)) return;
  const address = searchAddressOf(link);
  if (address === null || link.hasAttribute("data-copy-address")) return;
  event.preventDefault();
  scrollTo({ top: 0 });
  go(address);
});
addEventListener("popstate", () => {
  clearTimeout(timer);
  isTyping = false;
  const address = location.pathname + location.search;
  fillForm(form, address);
  show(address, { fromMemory: true });
});

serveYears(place, form, () => go(readForm(form, shown), { focusesResults: false }));
serveFacetSearch(place);
serveMoreFacets(place);
serveReasons(place);
serveTools(place);

function prepare() {
  reveal(place, OWN_CONTROLS);
}

prepare();
