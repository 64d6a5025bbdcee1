// The words of scripts in the language of the page. English texts are the keys; the page names the
// catalogue of any other language, which browsers keep for good.

const root = document.documentElement;
const words = root.dataset.words ? await load(root.dataset.words) : {};

/** The text in the language of the page, `{name}` replaced by `values.name`. */
export function t(text, values = {}) {
  return fill(words[text] ?? text, values);
}

/** One of two texts by a number, which both may show as `{count}`. */
export function tn(one, many, count, values = {}) {
  const text = words[one] ?? (count === 1 ? one : many);
  return fill(text, { count: number(count), ...values });
}

/** A number as the language writes it. */
export function number(value) {
  return new Intl.NumberFormat(root.lang).format(value);
}

/** A day, given as `2024-05-31` or a Date, as the language writes it. */
export function day(value) {
  const moment = typeof value === "string" ? new Date(`${value.slice(0, 10)}T00:00:00Z`) : value;
  const locale = root.lang === "en" ? "en-GB" : root.lang;
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(moment);
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

async function load(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : {};
  } catch {
    // A page that works in English is better than one that does not work.
    return {};
  }
}
