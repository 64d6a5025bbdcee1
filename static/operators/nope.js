// Attention without positions: the length of a vector as a clock, and what shuffling does.

import { startPage, warningsOf } from "./page.js";
import { colour, Plot, sequentialScale } from "./plot.js";

const SHUFFLED_TOKENS = 8;
const SHUFFLED_DIMENSION = 8;
const MAX_WEIGHTS_SHOWN = 96;

const plots = Object.fromEntries(
  ["square", "resolution", "weights", "shuffle"].map((id) => [id, new Plot(`plot-${id}`)]),
);

const page = startPage({ compute, show });

document.getElementById("shuffle").addEventListener("click", () => {
  page.set("order", Number(page.read().order) + 1);
  page.commit();
});

async function compute(state, ask) {
  const length = Number(state.length);
  const positions = Array.from({ length }, (_, index) => index + 1);
  const [simulation, resolution, shuffle] = await Promise.all([
    ask("nope_simulation", {
      length,
      dimension: Number(state.dimension),
      sigma: Number(state.sigma),
      mean: Number(state.mean),
      sharpness: Number(state.sharpness),
      layers: Number(state.layers),
      seed: Number(state.seed),
    }),
    ask("position_resolution", { positions }),
    ask("attention_shuffle", {
      length: SHUFFLED_TOKENS,
      dimension: SHUFFLED_DIMENSION,
      sharpness: Number(state.sharpness),
      seed: Number(state.order),
    }),
  ]);
  return { simulation, resolution, shuffle };
}
