// The search boxes of all pages but the search page, which shows results at once: suggestions, and
// from there to a paper or to the search.

import { shortenAddress } from "./addresses.js";
import { Combobox } from "./combobox.js";

for (const form of document.querySelectorAll("form[role=search]:not([data-live])")) {
  shortenAddress(form);
  const input = form.elements.namedItem("q");
  new Combobox(input, (suggestion) => {
    if (suggestion.type === "title") location.assign(suggestion.url);
    else {
      input.value = suggestion.query;
      form.requestSubmit();
    }
  });
}
