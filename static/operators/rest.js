// The service's operators, asked over REST. Same-origin, JSON both ways.

import { t } from "../words.js";

/** A refusal of the service: its message is a sentence that can be shown as it is. */
export class OperatorError extends Error {}

const REMEMBERED_ANSWERS = 64;
const remembered = new Map();

/**
 * The answer of an operator. The last answers are kept, so that parts of a page that a control
 * does not touch cost nothing, and Back is at once.
 */
export async function ask(name, parameters, signal) {
  const body = JSON.stringify(parameters);
  const key = `${name} ${body}`;
  if (remembered.has(key)) return remembered.get(key);
  const answer = await readAnswer(await send(name, body, signal));
  remembered.set(key, answer);
  if (remembered.size > REMEMBERED_ANSWERS) remembered.delete(remembered.keys().next().value);
  return answer;
}

async function send(name, body, signal) {
  try {
    return await fetch(`/api/v1/operators/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new OperatorError(t("The service cannot be reached; what is shown is its last answer."));
  }
}

async function readAnswer(response) {
  let answer;
  try {
    answer = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new OperatorError(t("The service answered {status} without saying more.", { status: response.status }));
  }
  if (response.ok) return answer;
  throw new OperatorError(answer.detail ?? answer.title ?? t("The service answered {status} without saying more.", { status: response.status }));
}
