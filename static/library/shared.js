// A list that somebody shares: all of it starred or selected at once.

import { reveal } from "../controls.js";
import { readTitle } from "../frame/card_actions.js";
import { say } from "../frame/toast.js";
import { attempt } from "../local/attempt.js";
import { selectAll, starAll } from "../local/reading.js";
import { tn } from "../words.js";

const cards = [...document.querySelectorAll("main [data-paper-id]")];
const papers = cards.map((card) => ({ id: card.dataset.paperId, title: readTitle(card) }));

reveal(document, "[data-star-all], [data-select-all]");
document.querySelector("[data-star-all]")?.addEventListener("click", () => {
  attempt(() => {
    const added = starAll(papers);
    say(tn("{count} paper starred", "{count} papers starred", added));
  });
});
document.querySelector("[data-select-all]")?.addEventListener("click", () => {
  attempt(() => selectAll(papers.map((paper) => paper.id)));
});
