// How a reader looks at a day's list, kept behind the # of the address: it survives reloading, can
// be sent to somebody, and never reaches the service.

const EMPTY = { with: "", without: "", joinsAll: false, showsOnly: true, hidesSeen: false, byTaste: false };

/** The state that the address holds. */
export function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  return {
    with: given.get("with") ?? "",
    without: given.get("without") ?? "",
    joinsAll: given.get("join") === "all",
    showsOnly: given.get("mark") !== "1",
    hidesSeen: given.get("unseen") === "1",
    byTaste: given.get("by") === "taste",
  };
}

/** Write a state into the address, in place of the one there. */
export function writeState(state) {
  const { with: included, without, joinsAll, showsOnly, hidesSeen, byTaste } = { ...EMPTY, ...state };
  const query = new URLSearchParams();
  if (included.trim()) query.set("with", included);
  if (without.trim()) query.set("without", without);
  if (joinsAll) query.set("join", "all");
  if (!showsOnly) query.set("mark", "1");
  if (hidesSeen) query.set("unseen", "1");
  if (byTaste) query.set("by", "taste");
  const hash = query.toString();
  const address = new URL(location.href);
  address.hash = hash;
  history.replaceState(history.state, "", address);
}
