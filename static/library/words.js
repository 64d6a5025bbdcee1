// Words: those a reader follows, with their weights, and the cloud of what was read.

import { listAddress } from "../cards/selection_bar.js";
import { make } from "../controls.js";
import { say } from "../frame/toast.js";
import { attempt } from "../local/attempt.js";
import { MAX_PREFERENCES, MAX_WEIGHT } from "../local/kinds.js";
import { change, read, watch } from "../local/store.js";
import { t, tn } from "../words.js";
import { askCloud, findForWords, learnTaste } from "./taste.js";

/** Sizes of the cloud's words, as classes. */
const SIZES = 6;

const MAX_CLOUD_WORDS = 80;
const WEIGHT_STEP = 0.1;

/** Serve the part of the words; `show()` draws it anew. */
export function serveWords() {
  const followed = document.getElementById("followed");
  const cloud = document.getElementById("cloud");
  let round = 0;

  document.getElementById("add-word").addEventListener("submit", (event) => {
    event.preventDefault();
    const box = document.getElementById("new-word");
    follow(box.value.trim());
    box.value = "";
    box.focus();
  });
  document.getElementById("learn").addEventListener("click", learn);
  document.getElementById("find-papers").addEventListener("click", findPapers);
  watch("preferences", () => {
    showFollowed();
    markCloud();
  });
  watch("stars", showCloud);
  watch("history", showCloud);

  function showFollowed() {
    const preferences = read("preferences");
    // A slider that is being moved must stay the same element.
    if (followed.contains(document.activeElement) && isListed(preferences)) return;
    followed.replaceChildren(...preferences.map(makeLine));
    document.getElementById("no-words").hidden = preferences.length > 0;
  }

  function isListed(preferences) {
    const words = [...followed.querySelectorAll("[data-word]")].map((line) => line.dataset.word);
    return words.join("\n") === preferences.map((each) => each.word).join("\n");
  }

  async function showCloud() {
    round += 1;
    const mine = round;
    cloud.setAttribute("aria-busy", "true");
    const words = await askCloud();
    if (mine !== round) return;
    cloud.setAttribute("aria-busy", "false");
    const most = Math.max(...words.map((each) => each.count), 1);
    const shown = words.slice(0, MAX_CLOUD_WORDS);
    // By alphabet a cloud can be scanned; sizes say what is frequent.
    shown.sort((one, other) => one.word.localeCompare(other.word));
    cloud.replaceChildren(...shown.map((each) => makeCloudWord(each, most)));
    document.getElementById("no-cloud").hidden = words.length > 0;
    markCloud();
  }

  function markCloud() {
    const words = new Set(read("preferences").map((each) => each.word));
    for (const button of cloud.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", words.has(button.dataset.word));
    }
  }

  return {
    show() {
      showFollowed();
      showCloud();
    },
  };
}

function makeLine({ word, weight, learned }) {
  const slider = make("input", {
    type: "range", min: -MAX_WEIGHT, max: MAX_WEIGHT, step: WEIGHT_STEP, value: weight,
    "aria-label": t("Weight of {word}", { word }),
  });
  const shown = make("output", {}, weight.toFixed(1));
  slider.addEventListener("input", () => {
    shown.textContent = Number(slider.value).toFixed(1);
  });
  slider.addEventListener("change", () => weigh(word, Number(slider.value)));
  const remove = make("button", { type: "button", class: "quiet" }, t("Remove"));
  remove.append(make("span", { class: "hidden" }, ` ${word}`));
  remove.addEventListener("click", () => drop(word));
  const name = make("span", { class: "followed-word", dir: "auto" }, word);
  if (learned) name.append(" ", make("span", { class: "hint" }, t("learned")));
  return make("li", { "data-word": word }, name, slider, shown, remove);
}

function makeCloudWord({ word, count }, most) {
  const size = 1 + Math.round(((SIZES - 1) * Math.log(count)) / (Math.log(most) || 1));
  const button = make(
    "button",
    { type: "button", class: `cloud-word size-${size}`, "data-word": word, "aria-pressed": "false" },
    word,
    make("span", { class: "hidden" }, ` ${tn("{count} paper", "{count} papers", count)}`),
  );
  button.addEventListener("click", () => {
    if (read("preferences").some((each) => each.word === word)) drop(word);
    else follow(word);
  });
  return make("li", {}, button);
}

function follow(word) {
  if (word) changeWords((all) => [...all, { word, weight: MAX_WEIGHT, learned: false }]);
}

function drop(word) {
  changeWords((all) => all.filter((each) => each.word !== word));
}

function weigh(word, weight) {
  changeWords((all) => all.map((each) => (each.word === word ? { word, weight, learned: false } : each)));
}

/** Take what tells the starred papers apart from those that were only seen; own words stay. */
async function learn() {
  if (read("stars").length === 0) {
    say(t("Star some papers first."));
    return;
  }
  try {
    const terms = await learnTaste();
    changeWords((all) => {
      const own = all.filter((each) => !each.learned);
      const words = new Set(own.map((each) => each.word));
      const learned = terms
        .filter((term) => !words.has(term.text))
        .map((term) => ({ word: term.text, weight: term.weight, learned: true }));
      return [...own, ...learned].slice(0, MAX_PREFERENCES);
    });
    say(tn("{count} word learned", "{count} words learned", terms.length));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say(t("The service did not answer. Try again."));
  }
}

/** Open the list of papers that fit the words best. */
async function findPapers() {
  const words = read("preferences");
  if (!words.some((each) => each.weight > 0)) {
    say(t("Follow a word first."));
    return;
  }
  try {
    const ids = await findForWords(words);
    if (ids.length > 0) location.assign(listAddress(ids));
    else say(t("No paper here fits these words."));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say(t("The service did not answer. Try again."));
  }
}

function changeWords(update) {
  attempt(() => change("preferences", update));
}
