// A sequence of texts, images and videos: its written form, and an editor of it.

import { t } from "../words.js";

const SHAPES = {
  text: { fields: ["length"], labels: [t("tokens")] },
  image: { fields: ["width", "height"], labels: [t("columns"), t("rows")] },
  video: { fields: ["width", "height", "frames"], labels: [t("columns"), t("rows"), t("frames")] },
};
/** Kinds of segments by the words of the written form, as readers see them. */
export const KINDS = { text: t("text"), image: t("image"), video: t("video") };

const MAX_SIZE = 999;

/** Segments from "text 4, image 3x2, video 3x2x4". */
export function parseSegments(text) {
  const parts = text.split(/[,;]/).map((part) => part.trim()).filter(Boolean);
  if (!parts.length) throw new RangeError(t("Name at least one segment, such as text 4."));
  return parts.map(parseSegment);
}

function parseSegment(part) {
  const found = /^(text|image|video)\s+(\d+(?:\s*[x×]\s*\d+)*)$/i.exec(part);
  const kind = found?.[1].toLowerCase();
  const sizes = found?.[2].split(/[x×]/).map(Number);
  if (!found || sizes.length !== SHAPES[kind].fields.length) {
    throw new RangeError(t("“{part}” is no segment; write text 4, image 3x2 or video 3x2x4.", { part }));
  }
  return { kind, ...Object.fromEntries(SHAPES[kind].fields.map((field, index) => [field, sizes[index]])) };
}

/** The reverse of `parseSegments`. */
export function formatSegments(segments) {
  return segments
    .map((segment) => `${segment.kind} ${SHAPES[segment.kind].fields.map((field) => segment[field]).join("x")}`)
    .join(", ");
}

/** An editor: one line a segment, with its sizes, and buttons to move and remove it. */
export class SegmentsEditor {
  constructor(list, adders, onChange) {
    this.list = list;
    this.onChange = onChange;
    this.segments = [];
    for (const button of adders) {
      button.addEventListener("click", () => {
        this.#change([...this.segments, ...parseSegments(button.dataset.add)]);
        this.list.lastElementChild.querySelector("input").focus();
      });
    }
  }

  /** Shows these segments; lines are made anew only if kinds changed, so that a typed-in line keeps the focus. */
  show(segments) {
    const kinds = (all) => all.map(({ kind }) => kind).join();
    const isSame = kinds(segments) === kinds(this.segments);
    this.segments = segments;
    if (isSame) segments.forEach((segment, index) => this.#fill(this.list.children[index], segment));
    else this.list.replaceChildren(...segments.map((segment, index) => this.#makeLine(segment, index)));
  }

  #fill(line, segment) {
    const inputs = line.querySelectorAll("input");
    SHAPES[segment.kind].fields.forEach((field, index) => {
      if (document.activeElement !== inputs[index]) inputs[index].value = segment[field];
    });
  }

  #makeLine(segment, index) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = KINDS[segment.kind];
    name.className = "segment-kind";
    line.append(name);
    SHAPES[segment.kind].fields.forEach((field, place) => {
      if (place) line.append("×");
      line.append(this.#makeInput(segment, index, field, SHAPES[segment.kind].labels[place]));
    });
    line.append(
      this.#makeButton("↑", t("Move segment {n} up", { n: index + 1 }), index === 0, () => this.#swap(index, index - 1)),
      this.#makeButton("×", t("Remove segment {n}", { n: index + 1 }), this.segments.length === 1, () =>
        this.#change(this.segments.filter((_, other) => other !== index)),
      ),
    );
    return line;
  }

  #makeInput(segment, index, field, label) {
    const input = document.createElement("input");
    Object.assign(input, { type: "number", min: 1, max: MAX_SIZE, step: 1, value: segment[field] });
    input.setAttribute("aria-label", t("Segment {n}, {kind}: {label}", { n: index + 1, kind: KINDS[segment.kind], label }));
    input.addEventListener("input", () => {
      const size = Number(input.value);
      if (!Number.isInteger(size) || size < 1) return;
      this.#change(this.segments.map((other, place) => (place === index ? { ...other, [field]: size } : other)));
    });
    return input;
  }

  #makeButton(text, label, disabled, onClick) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "quiet", textContent: text, disabled });
    button.setAttribute("aria-label", label);
    button.addEventListener("click", onClick);
    return button;
  }

  #swap(index, other) {
    const segments = [...this.segments];
    [segments[index], segments[other]] = [segments[other], segments[index]];
    this.#change(segments);
  }

  #change(segments) {
    this.show(segments);
    this.onChange(formatSegments(segments));
  }
}
