// The numeric line: one query, one key, one head, the whole sum; and the proof beside it.

import { make, setText } from "./dom.js";
import { fill, patchText, percent, signedText, written } from "./text.js";

/** @typedef {import("../types.js").Pair} Pair */

/** The sum, from its terms to the score, in words. @param {Pair} pair @param {Record<string, string>} texts */
export function sumText({ content = NaN, relH = NaN, relW = NaN, score = NaN }, texts) {
  return `${texts["pair.content"]} ${written(content)} ${signedText(relH)} rel_h ${signedText(relW)} rel_w = ${written(score)} →`;
}

/** @param {Record<string, string>} texts */
export function makePair(texts) {
  const place = make("b", {});
  const sum = make("span", {});
  const weight = make("b", { class: "sx-result" });
  const line = make("div", { class: "sx-pair-line", "aria-live": "polite" }, place, sum, weight);
  const proof = make("div", { class: "sx-proof" });
  let [side, said] = ["", ""];
  const element = make("div", { class: "sx-pair" }, line, proof);

  /** @param {Pair} pair @param {string} [side] Of two sides that are compared, whose it is. */
  function show(pair, side = "") {
    const where = (side && `${side} · `) + fill(texts[pair.chosen ? "pair.line" : "pair.line.strongest"], { query: patchText(pair.query), key: patchText(pair.key), head: pair.head });
    setText(place, where);
    setText(sum, pair.outside ? ` ${texts["pair.outside"]}` : ` ${sumText(pair, texts)} `);
    setText(weight, pair.outside ? "" : percent(pair.weight ?? NaN));
    line.dataset.pair = `${pair.block}:${pair.head}:${pair.query}:${pair.key}`;
  }

  /** @param {any} answer */
  function showProof(answer) {
    proof.dataset.holds = answer?.holds === undefined ? "" : String(answer.holds);
    if (!answer) said = "";
    else if (answer === "running") said = `${texts["pair.proof"]} ${texts["pair.proof.running"]}`;
    else {
      const values = { difference: written(answer.difference), size: written(answer.size) };
      const result = fill(texts[answer.holds ? "pair.proof.holds" : "pair.proof.fails"], values);
      proof.title = fill(texts["pair.proof.what"], values);
      said = `${texts["pair.proof"]} ${result} ${answer.holds ? "✓" : "✗"}`;
    }
    sideOfProof(side);
  }

  /** @param {string} one Of two sides that are compared, whose proof it is. */
  function sideOfProof(one) {
    side = one;
    setText(proof, said && side ? `${side} · ${said}` : said);
  }
  return { element, show, showProof, sideOfProof };
}
