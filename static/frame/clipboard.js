// Text to the clipboard, also where browsers offer no clipboard: on pages without https.

/** Copies the text; what the reader had selected stays selected. */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const selection = getSelection();
  const ranges = Array.from({ length: selection.rangeCount }, (_, index) => selection.getRangeAt(index));
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  selection.removeAllRanges();
  for (const range of ranges) selection.addRange(range);
  if (!isCopied) throw new Error("The browser does not let pages copy.");
}
