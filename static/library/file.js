// Everything as one file, a file taken in, and everything forgotten.

import { make } from "../controls.js";
import { KINDS } from "../local/kinds.js";
import { forget } from "../local/store.js";
import { exportAll, importAll, ImportError, MAX_FILE_BYTES } from "../local/transfer.js";
import { t, tn } from "../words.js";

/** Serve the part of the file; it shows nothing that changes. */
export function serveFile() {
  document.getElementById("export").addEventListener("click", download);
  document.getElementById("import").addEventListener("submit", (event) => {
    event.preventDefault();
    take(event.target);
  });
  serveForgetting(document.getElementById("forget-all"));
  return { show() {} };
}

function download() {
  const file = new Blob([exportAll()], { type: "application/json" });
  const address = URL.createObjectURL(file);
  const name = `papersift-${new Date().toISOString().slice(0, 10)}.json`;
  make("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}

async function take(form) {
  const [file] = document.getElementById("import-file").files;
  const { mode } = Object.fromEntries(new FormData(form));
  try {
    if (file.size > MAX_FILE_BYTES) {
      throw new ImportError(t("This file is too large to be one of ours."));
    }
    const counts = importAll(await file.text(), mode);
    const entries = Object.values(counts).reduce((sum, count) => sum + count, 0);
    answer("notice", tn("{count} entry was taken in.", "{count} entries were taken in.", entries));
    form.reset();
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    answer("notice error", error.message);
  }
}

function answer(kind, text) {
  document.getElementById("import-outcome").replaceChildren(
    make("div", { class: kind }, make("p", {}, text)),
  );
}

/** The button has to be pressed twice; leaving it takes the first press back. */
function serveForgetting(button) {
  const asks = button.textContent;
  let isArmed = false;
  button.addEventListener("click", () => {
    if (isArmed) {
      Object.keys(KINDS).forEach(forget);
      answer("notice", t("Everything is forgotten."));
    }
    arm(!isArmed);
  });
  button.addEventListener("blur", () => arm(false));

  function arm(isOn) {
    isArmed = isOn;
    button.textContent = isOn ? t("Press again to forget everything") : asks;
  }
}
