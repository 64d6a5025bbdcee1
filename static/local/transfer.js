// Everything remembered as one file, and back. A file is looked at as a whole before anything of it
// is stored: it is taken completely or refused with a reason.

import { t } from "../words.js";
import { UnusableError } from "./checks.js";
import { KINDS } from "./kinds.js";
import { read, restoreAll, snapshotAll, StoreError, write } from "./store.js";

/** Version of the file's form. */
const FILE_VERSION = 1;

/** Largest file that is read, bytes; browsers keep about half of that. */
export const MAX_FILE_BYTES = 10_000_000;

/** A file that is not taken; the message says why. */
export class ImportError extends Error {}

/** The file's text: every kind that holds something. */
export function exportAll(now = new Date()) {
  const kept = Object.keys(KINDS).filter((kind) => KINDS[kind].count(read(kind)) > 0);
  const documents = Object.fromEntries(
    kept.map((kind) => [kind, { version: KINDS[kind].version, value: read(kind) }]),
  );
  return JSON.stringify({ papersift: FILE_VERSION, exported_at: now.toISOString(), documents }, null, 1);
}

/**
 * Take a file in.
 *
 * @param mode "merge": what is here stays, what is newer wins; "replace": what is here of the kinds
 *     in the file, and of all others, makes room for it.
 * @returns how many entries the file has of each kind.
 * @throws ImportError with the reason; nothing is changed then.
 */
export function importAll(text, mode) {
  const documents = parseFile(text);
  const former = snapshotAll();
  try {
    for (const kind of Object.keys(KINDS)) {
      if (kind in documents) {
        write(kind, mode === "merge" ? KINDS[kind].merge(read(kind), documents[kind]) : documents[kind]);
      } else if (mode === "replace") write(kind, KINDS[kind].empty);
    }
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof UnusableError)) throw error;
    restoreAll(former);
    throw new ImportError(t("Nothing was taken in. {reason}", { reason: error.message }), { cause: error });
  }
  return Object.fromEntries(
    Object.entries(documents).map(([kind, value]) => [kind, KINDS[kind].count(value)]),
  );
}

/** The checked values of a file by kind; kinds that these pages do not know are passed over. */
function parseFile(text) {
  if (text.length > MAX_FILE_BYTES) throw new ImportError(t("This file is too large to be one of ours."));
  const file = parseJson(text);
  if (file === null || typeof file !== "object" || !("papersift" in file)) {
    throw new ImportError(t("This file was not exported by Papersift."));
  }
  if (file.papersift !== FILE_VERSION) {
    throw new ImportError(t("This file is of a newer version of Papersift."));
  }
  const documents = {};
  try {
    for (const [kind, stored] of Object.entries(file.documents ?? {})) {
      if (!Object.hasOwn(KINDS, kind)) continue;
      if (stored?.version > KINDS[kind].version) {
        throw new UnusableError(`${kind} is of a newer version of Papersift`);
      }
      documents[kind] = KINDS[kind].check(stored?.value);
    }
  } catch (error) {
    if (!(error instanceof UnusableError)) throw error;
    throw new ImportError(t("This file is damaged: {reason}.", { reason: error.message }), { cause: error });
  }
  return documents;
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ImportError(t("This file is no JSON, so it was not exported by Papersift."), {
      cause: error,
    });
  }
}
