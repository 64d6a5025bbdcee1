// Plots: Plotly in the colours and type of the page.
/* global Plotly */

const CONFIG = { displayModeBar: false, displaylogo: false, responsive: true, doubleClick: false };

// Plotly writes style attributes, which the pages' Content-Security-Policy forbids as text. The
// same declarations through the style object are allowed.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

const drawn = new Set();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const plot of drawn) plot.redraw();
});

/** A colour of the page by the name of its custom property, as `colour("series-1")`. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The colours of a heat map from low to high: from the page's ground to its ink. */
export function sequentialScale() {
  return [0, 0.25, 0.5, 0.75, 1].map((place, step) => [place, colour(`heat-${step}`)]);
}

/** The colours of a heat map around nought. */
export function divergingScale() {
  return [
    [0, colour("series-2")],
    [0.5, colour("paper")],
    [1, colour("series-1")],
  ];
}

/** One plot in the element with this id. Its figure's caption names it. */
export class Plot {
  constructor(id) {
    this.element = document.getElementById(id);
    this.name = this.element.closest("figure").querySelector("figcaption").textContent.trim();
    this.listeners = [];
    setAttribute.call(this.element, "role", "img");
    drawn.add(this);
    new ResizeObserver(() => this.listeners.forEach((listener) => listener())).observe(this.element);
  }

  /**
   * Draws anew what changed.
   * @param make returns `{ traces, layout }`; called again when the colours of the page change.
   * @param summary what a person who does not see the plot should know of it.
   * @param shown what is drawn: answers, which are remembered, and values. If all are the same as the
   *     last time, so is the drawing.
   */
  async draw(make, summary, shown = null) {
    const isSame = shown?.every((part, index) => part === this.shown?.[index]);
    this.shown = shown;
    if (isSame) return;
    this.make = make;
    setAttribute.call(this.element, "aria-label", `${this.name}. ${summary}`);
    await this.redraw();
  }

  async redraw() {
    if (!this.make) return;
    const { traces, layout = {} } = this.make();
    await Plotly.react(this.element, traces, withManners(layout), CONFIG);
    this.listeners.forEach((listener) => listener());
  }

  /** Calls the listener after every drawing and change of size. */
  onDrawn(listener) {
    this.listeners.push(listener);
  }

  /** Data coordinates to pixels from the corner of the plot's element. */
  toPixels(x, y) {
    const { xaxis, yaxis } = this.element._fullLayout;
    return { left: xaxis._offset + xaxis.d2p(x), top: yaxis._offset + yaxis.d2p(y) };
  }

  /** Pixels from the corner of the plot's element to data coordinates. */
  toData(left, top) {
    const { xaxis, yaxis } = this.element._fullLayout;
    return { x: xaxis.p2d(left - xaxis._offset), y: yaxis.p2d(top - yaxis._offset) };
  }
}

function withManners(layout) {
  const axis = {
    fixedrange: true,
    gridcolor: colour("line"),
    zerolinecolor: colour("line"),
    linecolor: colour("line"),
    tickcolor: colour("line"),
    automargin: true,
    exponentformat: "power",
    title: { standoff: 8 },
  };
  const axes = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));
  const merged = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("soft") },
    colorway: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`series-${number}`)),
    margin: { l: 40, r: 14, t: 8, b: 26 },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { color: colour("ink") } },
    hoverlabel: { bgcolor: colour("raised"), bordercolor: colour("line"), font: { color: colour("ink") } },
    dragmode: false,
    hovermode: "closest",
    bargap: 0.25,
    ...layout,
  };
  for (const key of new Set(["xaxis", "yaxis", ...axes])) {
    const own = layout[key] ?? {};
    const title = typeof own.title === "string" ? { text: own.title } : own.title;
    merged[key] = { ...axis, ...own, title: { ...axis.title, ...title } };
  }
  return merged;
}
