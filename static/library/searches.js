// Saved searches, each with what is new since the last look.

import { listAddress } from "../cards/selection_bar.js";
import { make } from "../controls.js";
import { MAX_KNOWN } from "../local/kinds.js";
import { askNewest, listNew, noteLook, toggleSearch } from "../local/searches.js";
import { read, watch } from "../local/store.js";
import { day, number, t, tn } from "../words.js";

/** Serve the part of the saved searches; `show()` asks for what is new. */
export function serveSearches() {
  const list = document.getElementById("saved-searches");
  const lookAll = document.getElementById("look-all");
  const newest = new Map();

  lookAll.addEventListener("click", () => {
    for (const [address, found] of newest) noteLook(address, found);
  });
  watch("searches", draw);

  function draw() {
    const searches = read("searches");
    list.replaceChildren(...searches.toReversed().map((search) => makeLine(search, newest)));
    document.getElementById("no-searches").hidden = searches.length > 0;
    const hasNews = (search) => listNew(search, newest.get(search.address)?.ids ?? []).length > 0;
    lookAll.hidden = !searches.some(hasNews);
  }

  async function show() {
    draw();
    // One after the other: nobody is in a hurry, and the service has others to answer.
    for (const search of read("searches")) {
      try {
        const found = await askNewest(search);
        newest.set(search.address, found);
        // The first answer is what later ones are compared with.
        if (search.total === null) noteLook(search.address, found);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        newest.delete(search.address);
      }
      draw();
    }
  }

  return { show };
}

function makeLine(search, newest) {
  const name = make("a", { href: `/search${search.address}`, dir: "auto" }, search.name);
  const remove = make("button", { type: "button", class: "quiet" }, t("Remove"));
  remove.append(make("span", { class: "hidden" }, ` ${search.name}`));
  remove.addEventListener("click", () => toggleSearch(search.address, search.name));
  const line = make("li", {}, make("h3", {}, name), makeNews(search, newest), remove);
  return line;
}

function makeNews(search, newest) {
  const found = newest.get(search.address);
  const since = t("since {day}", { day: day(new Date(search.looked_at)) });
  if (found === undefined) return make("p", { class: "hint" }, since);
  const fresh = listNew(search, found.ids);
  const total = tn("{count} paper", "{count} papers", found.total);
  const nothing = t("nothing new");
  if (fresh.length === 0) return make("p", { class: "hint" }, `${total} · ${nothing} ${since}`);
  const many = fresh.length === MAX_KNOWN ? `${number(MAX_KNOWN)}+` : number(fresh.length);
  const link = make("a", { href: listAddress(fresh), class: "news" }, t("{count} new", { count: many }));
  const looked = make("button", { type: "button", class: "quiet" }, t("Looked at"));
  looked.addEventListener("click", () => noteLook(search.address, found));
  return make("p", {}, link, ` ${since} · ${total} `, looked);
}
