// What a reader asks of the local store either happens, or the page says why not.

import { say } from "../frame/toast.js";
import { StoreError } from "./store.js";

/** Does something that the store may refuse; a refusal is said in passing. */
export function attempt(action) {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    say(error.message);
  }
}
