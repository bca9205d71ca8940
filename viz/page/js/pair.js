// The numeric line: one query, one key, one head, the whole sum; and the proof beside it.

import { percent, signedText, written } from "./colour.js";
import { fill, make } from "./dom.js";

export function drawPair(element, pair, texts) {
  const patchText = ([row, col]) => `(${row}, ${col})`;
  const line = fill(texts["pair.line"], { query: patchText(pair.query), key: patchText(pair.key), head: pair.head });
  const key = pair.chosen ? "" : ` (${texts["pair.strongest"]})`;
  const sum = pair.outside
    ? texts["pair.outside"]
    : `${texts["pair.content"]} ${written(pair.content)} ${signedText(pair.relH)} rel_h ${signedText(pair.relW)} rel_w = ${written(pair.score)} → `;
  const weight = pair.outside ? "" : make("b", { class: "sx-result" }, percent(pair.weight));
  element.replaceChildren(make("b", {}, line), `${key} ${sum}`, weight);
  element.dataset.pair = `${pair.block}:${pair.head}:${pair.query}:${pair.key}`;
}

export function drawProof(element, proof, texts) {
  const values = { difference: written(proof.difference), size: written(proof.size) };
  const result = fill(texts[proof.holds ? "pair.proof.holds" : "pair.proof.fails"], values);
  element.textContent = `${texts["pair.proof"]} ${result} ${proof.holds ? "✓" : "✗"}`;
  element.dataset.holds = String(proof.holds);
}
