// Short messages that go by themselves.

const SHOWN_MS = 3500;
let timer = 0;

/** Says something in passing; people who do not see it hear it. */
export function say(text) {
  const place = document.getElementById("toast") ?? make();
  clearTimeout(timer);
  place.textContent = text;
  place.hidden = false;
  timer = setTimeout(() => { place.hidden = true; }, SHOWN_MS);
}

function make() {
  const place = document.createElement("p");
  place.id = "toast";
  place.className = "toast";
  place.setAttribute("role", "status");
  document.body.append(place);
  return place;
}
