// New since one's last visit: the days of this list that arXiv announced in between.

import { change, read } from "../local/store.js";
import { day, t, tn } from "../words.js";

const MAX_MONTHS = 2;
const MAX_DAYS_NAMED = 8;

/** Lists appear at midnight in New York, at five in the morning UTC at the latest. */
const DUE_MS = 5 * 3_600_000;

/** Show what came since the last visit of a list, and note this visit where it is the newest. */
export async function showSince(place = document.getElementById("since")) {
  if (place === null) return;
  const { list } = place.dataset;
  const last = read("visits")[list];
  if (last !== undefined) {
    try {
      const days = await countDaysSince(list, last);
      if (days.length > 0) fill(place, list, last, days);
    } catch {
      // What was new is a help; without it the list is as good.
    }
  }
  if ("isNewest" in place.dataset) change("visits", (visits) => ({ ...visits, [list]: Date.now() }));
}

/** The announced days after a moment, the oldest first, as the API counts them. */
export async function countDaysSince(list, moment) {
  const months = listMonths(moment);
  const answers = await Promise.all(months.map((month) => fetchMonth(list, month)));
  return answers
    .flatMap((answer) => answer.days)
    .filter((each) => each.source === "announced" && each.papers > 0)
    .filter((each) => Date.parse(`${each.day}T00:00:00Z`) + DUE_MS > moment);
}

/** A link to all papers of a list that were announced since a day. */
export function makeSinceAddress(list, firstDay) {
  const query = new URLSearchParams({ from: firstDay, date: "announced", sort: "newest" });
  if (list !== "all") query.set("cat", list);
  return `/search?${query}`;
}

function listMonths(moment) {
  const months = [];
  const now = new Date();
  for (let back = 0; back < MAX_MONTHS; back += 1) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1));
    months.unshift(month.toISOString().slice(0, 7));
    if (month.getTime() <= moment) break;
  }
  return months;
}

async function fetchMonth(list, month) {
  const query = new URLSearchParams({ month });
  if (list !== "all") query.set("cat", list);
  const answer = await fetch(`/api/v1/days?${query}`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

function fill(place, list, last, days) {
  const total = days.reduce((sum, each) => sum + each.papers, 0);
  const said = document.createElement("strong");
  said.textContent = tn("{count} new paper since your visit of {day}", "{count} new papers since your visit of {day}", total, {
    day: day(new Date(last)),
  });
  place.replaceChildren(said);
  for (const each of days.slice(-MAX_DAYS_NAMED)) {
    place.append(" ", makeLink(`/list/${list}/${each.day}`, `${day(each.day)} (${each.papers})`));
  }
  if (days.length > 1) place.append(" ", makeLink(makeSinceAddress(list, days[0].day), t("All of them")));
  place.hidden = false;
}

function makeLink(address, text) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = text;
  return link;
}
