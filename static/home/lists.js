// The lists that this browser visited, each with what came since.

import { countDaysSince, makeSinceAddress } from "../days/since.js";
import { read } from "../local/store.js";
import { t, tn } from "../words.js";

/** Most lists shown, those visited last. */
const MAX_LISTS = 6;

export async function showLists(place) {
  const visited = Object.entries(read("visits"))
    .sort((one, other) => other[1] - one[1])
    .slice(0, MAX_LISTS);
  if (visited.length === 0) return;
  const title = document.createElement("h2");
  title.textContent = t("Your lists");
  const list = document.createElement("ul");
  const rows = visited.map(([name, at]) => [makeRow(name), name, at]);
  list.append(...rows.map(([row]) => row));
  place.replaceChildren(title, list);
  place.hidden = false;
  await Promise.allSettled(rows.map(([row, name, at]) => tellNews(row, name, at)));
}

function makeRow(name) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/list/${name}`;
  link.className = "code";
  link.textContent = name;
  row.append(link);
  return row;
}

async function tellNews(row, name, at) {
  const days = await countDaysSince(name, at);
  const total = days.reduce((sum, each) => sum + each.papers, 0);
  const news = document.createElement(total > 0 ? "a" : "span");
  news.className = "news";
  if (total > 0) news.href = days.length === 1 ? `/list/${name}/${days[0].day}` : makeSinceAddress(name, days[0].day);
  news.textContent = total > 0 ? tn("{count} new", "{count} new", total) : t("nothing new");
  row.append(" ", news);
}
