// The address of a search and its form: each can be made from the other.

export const SEARCH_PATH = "/search";

/** What a form says when nothing was chosen; such values are left out of addresses. */
const SILENT = { date: "submitted" };

/** The order that a search by words has anyway. */
const USUAL = { sort: "relevance" };

/** Leave out of a form's own address what it says when nothing was chosen. */
export function shortenAddress(form) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) {
      const isSilent = !value.trim() || SILENT[name] === value || USUAL[name] === value;
      if (isSilent) formData.delete(name);
    }
  });
}

/** What an address keeps beside the fields of the form. */
const KEPT = ["sort", "rank", "expand"];

/** The address of what the form asks, in the order of the address shown so far. */
export function readForm(form, shown) {
  const query = new URLSearchParams();
  for (const field of form.elements) {
    const text = field.value.trim();
    if (field.name && field.type !== "hidden" && text && SILENT[field.name] !== text) {
      query.append(field.name, text);
    }
  }
  const former = parametersOf(shown);
  for (const name of KEPT) if (former.has(name)) query.append(name, former.get(name));
  return SEARCH_PATH + (query.size ? `?${query}` : "");
}

/** Put what an address asks into the form. */
export function fillForm(form, address) {
  const asked = parametersOf(address);
  for (const field of form.elements) {
    if (field.name && field.type !== "hidden") {
      field.value = asked.get(field.name) ?? SILENT[field.name] ?? "";
    }
  }
}

/** The address of a part of a search's page. */
export function partOf(address, part, values = {}) {
  const url = new URL(address, location.origin);
  for (const [name, value] of Object.entries({ part, ...values })) url.searchParams.set(name, value);
  return url.pathname + url.search;
}

/** The address of a link if it leads to a search of this service, else null. */
export function searchAddressOf(link) {
  const url = new URL(link.href.baseVal ?? link.href, location.href);
  return url.origin === location.origin && url.pathname === SEARCH_PATH
    ? url.pathname + url.search
    : null;
}

function parametersOf(address) {
  return new URL(address, location.origin).searchParams;
}
