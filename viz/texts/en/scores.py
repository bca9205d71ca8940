"""Scores."""

TEXTS = {
    "view.scores.title": "Scores, split",
    "view.scores.what": (
        "A score is a sum of three terms: how well the query's and the key's vectors agree, a bias for the key's row, "
        "and a bias for its column. Each of these maps has its mean over the photo taken off, because softmax ignores "
        "whatever is the same for every key. Switch a term off and see where the weight would go."
    ),
    "view.scores.formula": (
        r"$⟦s|s_{r',c'}⟧ = \frac{⟦q⟧ \cdot ⟦k|k_{r',c'}⟧}{\sqrt{⟦d⟧}} + ⟦rel_h⟧[r'] + ⟦rel_w⟧[c'] \qquad "
        r"⟦w⟧ = \mathrm{softmax}(⟦s⟧)$"
    ),
    "view.scores.more": (
        "In the code q is first multiplied by the scale 1/√d and then by all keys; that is the content term. The "
        "other two come from q without the scale. All three are products of q and something learned or computed, so "
        "that a query twice as long would double every term, and the softmax would become sharper. rel_h is the same "
        "for all keys of a row and rel_w for all keys of a column."
    ),
    "view.scores.not": (
        "Switching a term off doesn't show what an encoder trained without that term would do: its other weights would "
        "have been learned differently. And a score isn't a weight: how much a key gets depends on all the other keys "
        "in the same softmax, window padding included, which these maps can't show."
    ),
    "panel.scores.terms": "The three terms, their sum and its softmax, head {head}",
    "panel.scores.change": "What the encoder computed, and the change, head {head}",
    "scale.scores.terms": "one scale for the terms and their sum",
    "note.scores.mean": "mean {mean:number} taken off",
    "note.scores.off": "switched off",
    "note.scores.what_if": "what-if: not what the encoder computed",
    "note.scores.moved": "{share:percent} of the weight lies on other keys",
    "label.scores.computed": "computed, all terms",
    "label.scores.change": "what-if − computed",
    "view.pair.title": "One pair in numbers",
    "view.pair.what": (
        "Everything that is computed between one query and one key in one head: each channel's product, the sum that "
        "becomes the score, and the score's share of the softmax. Pin a key; without one, the strongest is shown."
    ),
    "view.pair.formula": (
        r"$⟦w⟧ = \frac{e^{s - s_{max}}}{\sum_{j}\, e^{s_j - s_{max}}} \qquad "
        r"s = \frac{1}{\sqrt{⟦d⟧}} \sum_{i}\, ⟦q|q_i⟧ ⟦k|k_i⟧ + ⟦rel_h⟧ + ⟦rel_w⟧$"
    ),
    "view.pair.more": (
        "Each channel’s bar is q_i·k_i divided by √d, and the curve is their running sum, which ends at the content "
        "term. Softmax subtracts the largest score before it takes exponentials, so that none of them can overflow; "
        "numerator and denominator shrink by the same factor, and the weight stays the same. The denominator runs "
        "over all keys that the query sees: in a windowed block those of its window with the padding, in a global one "
        "those of the whole grid."
    ),
    "view.pair.not": (
        "A channel with a large product isn't a feature with a name: if q, k and both tables were rotated together, "
        "every product would change and every score would stay. And a high score alone says nothing about the weight: "
        "that depends on the scores of all the other keys."
    ),
    "panel.pair.where": "Where the query looks, head {head}",
    "panel.pair.products": "q·k, channel by channel ({channels} channels)",
    "panel.pair.score": "Query {query} → key {key}: the score",
    "panel.pair.weight": "From the score to the weight",
    "label.pair.product": "product of the channel, over √d",
    "label.pair.running": "running sum: ends at the content term",
    "label.pair.content": "q·k/√{head_dim}",
    "label.pair.rel_h": "+ rel_h[{row}]",
    "label.pair.rel_w": "+ rel_w[{col}]",
    "label.pair.score": "= score s",
    "label.pair.highest": "highest score, s max",
    "label.pair.exp": "exp(s − s max)",
    "label.pair.denominator": "÷ sum of exp over all keys",
    "label.pair.weight": "= weight",
    "label.pair.query_window": "query's window",
    "label.pair.key_window": "key's window",
    "note.pair.score": (
        "The biases are the unscaled q times row {row} of rel_pos_h and times row {col} of rel_pos_w, counted from 0 "
        "in the tables of {rows} and {cols} rows that this block reads. Which row it is depends only on how far the "
        "key lies from the query."
    ),
    "note.pair.weight": (
        "The softmax runs over {keys:count} keys, {padding:count} of them window padding. Taking the highest score off "
        "first changes no weight; it keeps exp from overflowing."
    ),
    "note.pair.outside": (
        "Block {block} is windowed, and the key lies in another window: their score is never computed, and there is "
        "no weight."
    ),
}
