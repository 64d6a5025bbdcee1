// A range of dates, drawn over the bars of the years.

import { isPlainClick } from "../controls.js";

/** Let a pointer draw over the years in `place`; `go` is called when the form holds the range. */
export function serveYears(place, form, go) {
  let from = null;
  let svg = null;

  function mark(to) {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    for (const bar of svg.querySelectorAll("[data-year]")) {
      const year = Number(bar.dataset.year);
      bar.classList.toggle("chosen", first <= year && year <= last);
    }
    return [first, last];
  }

  place.addEventListener("pointerdown", (event) => {
    const year = yearUnder(event);
    if (year === null || !isPlainClick(event)) return;
    from = year;
    svg = event.target.closest("[data-years]");
    mark(year);
    event.preventDefault();
  });
  place.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("[data-years]")) event.preventDefault();
  });
  addEventListener("pointermove", (event) => {
    const year = from === null ? null : yearUnder(event);
    if (year !== null) mark(year);
  });
  addEventListener("pointerup", (event) => {
    if (from === null) return;
    const [first, last] = mark(yearUnder(event) ?? from);
    from = null;
    form.elements.namedItem("from").value = first;
    form.elements.namedItem("to").value = last;
    go();
  });
  addEventListener("pointercancel", () => {
    from = null;
  });
  // The click that ends the drawing is not one on the link of a year.
  place.addEventListener(
    "click",
    (event) => {
      if (yearUnder(event) !== null && isPlainClick(event)) event.preventDefault();
    },
    { capture: true },
  );
}

/** The year whose bar is under a pointer, which touch keeps on the bar it began on. */
function yearUnder(event) {
  const under = document.elementFromPoint(event.clientX, event.clientY) ?? event.target;
  const bar = under.closest?.("[data-year]");
  return bar ? Number(bar.dataset.year) : null;
}
