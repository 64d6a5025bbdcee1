// Search within the values of a long facet.

import { fold } from "../days/matching.js";

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
