// Which cards were in view long enough to have been looked at.

import { say } from "../frame/toast.js";
import { markSeen } from "../local/reading.js";
import { StoreError } from "../local/store.js";

/** How long a card has to stay in view, milliseconds. */
const DWELL_MS = 1_200;

/** Part of a card, or of the window where the card is taller, that has to be in view. */
const PART_IN_VIEW = 0.5;

const STEPS = [0, 0.25, 0.5, 0.75, 1];

/** An observer of cards: each one that stays in view is remembered as seen. */
export function watchSeen() {
  const timers = new Map();
  let isTold = false;

  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (isInView(entry) && !timers.has(entry.target)) start(entry.target);
        else if (!isInView(entry)) stop(entry.target);
      }
    },
    { threshold: STEPS },
  );

  function start(card) {
    timers.set(
      card,
      setTimeout(() => {
        timers.delete(card);
        // A page in the background is looked at by nobody.
        if (document.visibilityState !== "visible") return;
        observer.unobserve(card);
        note(card.dataset.paperId);
      }, DWELL_MS),
    );
  }

  function stop(card) {
    clearTimeout(timers.get(card));
    timers.delete(card);
  }

  function note(id) {
    try {
      markSeen([id]);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Once is enough: it happens at every card.
      if (!isTold) say(error.message);
      isTold = true;
    }
  }

  return observer;
}

function isInView({ intersectionRatio, intersectionRect, rootBounds }) {
  if (rootBounds === null) return false;
  return (
    intersectionRatio >= PART_IN_VIEW ||
    intersectionRect.height >= PART_IN_VIEW * rootBounds.height
  );
}
