// The search boxes of pages that are not the search page: suggestions, and from there to the search.

import { Combobox } from "./combobox.js";

for (const input of document.querySelectorAll("form[role=search] input[name=q]")) {
  new Combobox(input, (suggestion) => location.assign(suggestion.url));
}
