// The facets: what takes long to count is fetched when the rest is on the screen, and long ones can
// be searched.

import { isPlainClick, reveal } from "../controls.js";
import { fold } from "../days/matching.js";
import { say } from "../frame/toast.js";
import { t } from "../words.js";
import { partOf } from "./addresses.js";

/** How long results stay before more is asked about them, milliseconds: people type on. */
const SETTLED_MS = 300;

/** How near to the window the end of the facets must be for the rest to be fetched. */
const NEAR = "300px";

/** Serve the boxes above long facets in `place`. */
export function serveFacetSearch(place) {
  place.addEventListener("input", (event) => {
    if (!event.target.matches("[data-search-within]")) return;
    const wanted = fold(event.target.value.trim());
    for (const item of event.target.closest(".more-values").querySelectorAll("li")) {
      const link = item.querySelector("a");
      item.hidden = !fold(`${link.textContent} ${link.title}`).includes(wanted);
    }
  });
}

/** Fill the facets in `place`, which may be exchanged, as soon as somebody can see them. */
export function serveMoreFacets(place) {
  let timer = 0;
  let running = null;

  /** Whether nothing is left to be asked for; where asking failed, the links stay. */
  async function fill(panel) {
    clearTimeout(timer);
    const link = panel.querySelector("[data-more-facets]");
    if (link === null || panel.ariaBusy === "true") return true;
    panel.setAttribute("aria-busy", "true");
    running = new AbortController();
    try {
      const answer = await fetch(partOf(link.href, "facets"), { signal: running.signal });
      if (!answer.ok) throw new TypeError(`status ${answer.status}`);
      complete(panel, await answer.text());
      return true;
    } catch (error) {
      if (error.name === "AbortError") return true;
      if (!(error instanceof TypeError)) throw error;
      return false;
    } finally {
      panel.setAttribute("aria-busy", "false");
    }
  }

  async function unfold(link) {
    const { facet } = link.closest("[data-facet]").dataset;
    const panel = link.closest("[data-facets]");
    if (await fill(panel)) panel.querySelector(`[data-facet="${facet}"] summary`)?.click();
    else say(t("The service did not answer. Try again."));
  }

  const seen = new IntersectionObserver(
    (entries) => {
      const entry = entries.findLast((each) => each.isIntersecting);
      if (entry === undefined) return;
      clearTimeout(timer);
      const panel = entry.target.closest("[data-facets]");
      timer = setTimeout(() => navigator.onLine && fill(panel), SETTLED_MS);
    },
    { rootMargin: NEAR },
  );
  function watch() {
    clearTimeout(timer);
    running?.abort();
    seen.disconnect();
    const link = place.querySelector("[data-more-facets]");
    if (link !== null) seen.observe(link);
  }
  // Before the page follows it as a link to a search.
  place.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest(".more-link");
      if (link === null || !isPlainClick(event)) return;
      event.preventDefault();
      unfold(link);
    },
    { capture: true },
  );
  new MutationObserver(watch).observe(place, { childList: true });
  addEventListener("online", watch);
  watch();
}

/** Put what was fetched beside what is there, which stays where it is, and so does the focus. */
function complete(panel, html) {
  const fetched = document.createElement("template");
  fetched.innerHTML = html;
  const focused = document.activeElement;
  const rest = panel.querySelector(".more-facets");
  for (const facet of fetched.content.querySelectorAll("[data-facet]")) {
    const shown = panel.querySelector(`[data-facet="${facet.dataset.facet}"]`);
    if (shown === null) rest.before(facet);
    else {
      const values = facet.querySelector(".more-values");
      const link = shown.querySelector(".more-link");
      if (values !== null) link?.replaceWith(values);
      if (focused === link) values?.querySelector("summary").focus();
    }
  }
  rest.remove();
  reveal(panel);
}
