// What this browser remembers for its reader: one versioned JSON document a kind, in localStorage
// under `papersift.<kind>` as `{"version": 1, "value": …}`. Nothing here is ever sent anywhere.
// Where storage is forbidden, the memory of the open page stands in for it.

import { t } from "../words.js";
import { UnusableError } from "./checks.js";
import { KINDS } from "./kinds.js";

const PREFIX = "papersift.";
const DAMAGED = ".damaged";

/** Something could not be remembered; the message is a sentence for the reader. */
export class StoreError extends Error {}

const memory = new Map();
const storage = openStorage();
const parsed = new Map();
const listeners = new Map(Object.keys(KINDS).map((kind) => [kind, new Set()]));

/** Whether what is written outlives this page. */
export function isLasting() {
  return storage !== null;
}

/** The value of a kind, its empty one where nothing usable is stored; frozen. */
export function read(kind) {
  const raw = readRaw(kind);
  const known = parsed.get(kind);
  if (known !== undefined && known.raw === raw) return known.value;
  const value = freeze(parseDocument(kind, raw).value);
  parsed.set(kind, { raw, value });
  return value;
}

/**
 * Remember a value.
 *
 * @throws StoreError the document is full, or the browser has no room, or a newer version of the
 *     pages wrote what stands there.
 * @throws UnusableError the value has not the form of its kind.
 */
export function write(kind, value) {
  const { check, bound = (whole) => whole, limit = Infinity, count, version } = KINDS[kind];
  const checked = bound(check(value));
  if (count(checked) > limit) throw new StoreError(describeFull(kind, limit));
  const former = readRaw(kind);
  const { isNewer, isDamaged } = parseDocument(kind, former);
  if (isNewer) {
    throw new StoreError(
      t("A newer version of these pages wrote what is stored. Reload the page."),
    );
  }
  if (isDamaged) writeRaw(kind + DAMAGED, former);
  writeRaw(kind, JSON.stringify({ version, value: checked }));
  notify(kind);
}

/** Remember `update(value)` in place of the value; returns it. */
export function change(kind, update) {
  write(kind, update(read(kind)));
  return read(kind);
}

/** Forget everything of a kind. */
export function forget(kind) {
  if (storage === null) memory.delete(PREFIX + kind);
  else storage.removeItem(PREFIX + kind);
  notify(kind);
}

/** Call `listener(value)` after every change of a kind, also in other tabs; returns what ends it. */
export function watch(kind, listener) {
  listeners.get(kind).add(listener);
  return () => listeners.get(kind).delete(listener);
}

/** The documents as they are stored, to put them back with `restoreAll` when something fails. */
export function snapshotAll() {
  return new Map(Object.keys(KINDS).map((kind) => [kind, readRaw(kind)]));
}

/** Put a snapshot back. */
export function restoreAll(snapshot) {
  // Room is made first, since the old documents fitted and new ones may be larger.
  for (const kind of snapshot.keys()) forget(kind);
  for (const [kind, raw] of snapshot) {
    if (raw !== null) writeRaw(kind, raw);
    notify(kind);
  }
}

function parseDocument(kind, raw) {
  const { empty, check, version } = KINDS[kind];
  if (raw === null) return { value: empty };
  try {
    const stored = JSON.parse(raw);
    if (stored.version > version) return { value: empty, isNewer: true };
    return { value: check(stored.value) };
  } catch (error) {
    if (!(error instanceof UnusableError || error instanceof SyntaxError || error instanceof TypeError)) {
      throw error;
    }
    return { value: empty, isDamaged: true };
  }
}

function readRaw(kind) {
  return storage === null ? (memory.get(PREFIX + kind) ?? null) : storage.getItem(PREFIX + kind);
}

function writeRaw(kind, raw) {
  if (storage === null) {
    memory.set(PREFIX + kind, raw);
    return;
  }
  try {
    storage.setItem(PREFIX + kind, raw);
  } catch (error) {
    throw new StoreError(
      t("This browser has no room left for what these pages remember. Export it, then remove some."),
      { cause: error },
    );
  }
}

function openStorage() {
  const probe = `${PREFIX}probe`;
  try {
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return null;
  }
}

function describeFull(kind, limit) {
  const names = {
    stars: t("stars"),
    selection: t("selected papers"),
    preferences: t("words"),
    searches: t("saved searches"),
    chooser: t("chosen categories"),
  };
  return t("No more than {limit} are kept: {kind}. Remove some first.", {
    limit,
    kind: names[kind] ?? kind,
  });
}

function notify(kind) {
  const value = read(kind);
  for (const listener of listeners.get(kind)) listener(value);
}

function freeze(value) {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

addEventListener("storage", (event) => {
  if (event.key === null) Object.keys(KINDS).forEach(notify);
  else if (event.key.startsWith(PREFIX) && event.key.slice(PREFIX.length) in KINDS) {
    notify(event.key.slice(PREFIX.length));
  }
});

// A page that comes back from the back-forward cache has missed what other pages stored.
addEventListener("pageshow", (event) => {
  if (event.persisted) Object.keys(KINDS).forEach(notify);
});
