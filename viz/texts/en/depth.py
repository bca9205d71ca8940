"""Attention across depth."""

TEXTS = {
    "view.model_view.title": "Every head of every block",
    "view.model_view.what": (
        "The pinned patch's attention in the whole network at once: one small map for every head of every block. In a "
        "windowed block the patch sees only its own window, and the rest of the map is empty. Below, the chosen head "
        "through all blocks and the chosen block in all heads: click a name there to choose it. (After BertViz's model "
        "view, Vig, arXiv 1906.05714.)"
    ),
    "view.model_view.formula": (
        r"$⟦w.head|w^{(l,h)}⟧ = \mathrm{softmax}\left(\frac{⟦q.head|q^{(l,h)}⟧ \cdot "
        r"⟦k.head|k^{(l,h)T}⟧}{\sqrt{⟦d⟧}} + ⟦rel_h⟧ + ⟦rel_w⟧\right)$"
    ),
    "view.model_view.more": (
        "Every small map is the pinned patch’s row of one head’s attention matrix, as the view “Heads” shows it "
        "large. Rows of other patches aren’t in it. A windowed block’s maps are empty outside the patch’s window; "
        "some of the weight may lie on window padding, which has no place on the grid. The formula is the same in all "
        "blocks; only the set of keys differs."
    ),
    "view.model_view.not": (
        "A head's number means nothing across blocks: head 3 of one block and head 3 of the next learned apart. Each "
        "map has its own scale, so that brightness can't be compared between maps. And these are the weights of one "
        "patch: pin another one before you say what a head does."
    ),
    "panel.model_view.all": "Where the pinned patch looks: a row for each block, a column for each head",
    "panel.model_view.head": "Head {head} in every block",
    "panel.model_view.block": "Block {block} in every head",
    "label.model_view.both": "block {block}, head {head}",
    "view.distance.title": "Attention distance and entropy",
    "view.distance.what": (
        "How far each head looks and how widely it spreads its weight, as a mean over all patches that hold photo, and "
        "not only for the pinned one. The dots show what the encoder did, and then what it would do with the content "
        "term alone. From these means each head gets a kind, by rules that stand in the last table. (Attention "
        "distance: ViT, arXiv 2010.11929, fig. 7.)"
    ),
    "view.distance.formula": (
        r"$⟦distance|\mathrm{distance}⟧ = \frac{1}{⟦N⟧} \sum_{i} \frac{\sum_{j}\, ⟦w_ij|w_{ij}⟧\, "
        r"\|⟦p_j.patch|p_j⟧ - ⟦p_i.patch|p_i⟧\|}{\sum_{j}\, w_{ij}} \qquad ⟦entropy|\mathrm{entropy}⟧ = "
        r"-\frac{1}{N} \sum_{i} \sum_{j} w_{ij}\, \log_2 w_{ij}$"
    ),
    "view.distance.more": (
        "Distances are in pixels of the model image and count weight on patches that hold photo. Entropies are in "
        "bits and count all keys, padding too: the most that is possible is 12 bits with the 4096 keys of a 64×64 "
        "grid, and 7.6 bits with the 196 of a 14×14 window. All rows of all attention matrices are computed for this, "
        "one band of queries at a time, which is why the view takes seconds. A head’s kind is the first rule in the "
        "table that holds for it."
    ),
    "view.distance.not": (
        "A mean over patches hides that a head can do one thing here and another there. The kinds are names that we "
        "give by limits that we chose: other limits give other names, and another photo can too. Without rel-pos the "
        "weights are a what-if for one block: the encoder was never trained that way, and later blocks would get other "
        "inputs. Far isn't better than near."
    ),
    "panel.distance.full": "Mean attention distance of every head",
    "panel.distance.content": "The same with the content term alone, without rel_h and rel_w",
    "panel.distance.entropy": "Mean entropy of every head's weights",
    "panel.distance.content_entropy": "The same with the content term alone, without rel_h and rel_w",
    "panel.distance.head": "Block {block}, head {head}",
    "panel.distance.kinds": "What kind each head is on this photo",
    "panel.distance.rules": "The rules: the first one that holds gives the name",
    "axis.distance.block": "block",
    "axis.distance.px": "mean distance, pixels of the model image",
    "axis.distance.bits": "mean entropy, bits",
    "label.distance.windowed": "heads of windowed blocks",
    "label.distance.global": "heads of global blocks",
    "label.distance.farthest": "the farthest patch that it can see",
    "label.distance.even": "if all weights were equal",
    "label.distance.highest": "if all weights were equal: the highest possible",
    "label.distance.distance": "mean distance",
    "label.distance.entropy": "mean entropy",
    "label.distance.padding": "weight on padding",
    "label.distance.moved": "weight that rel-pos moves",
    "label.distance.likeness": "likeness of what it looks at",
    "unit.distance.px": "px",
    "unit.distance.bits": "bits",
    "note.distance.head": (
        "Weight on padding and weight that rel-pos moves are shares of 1. Likeness is the mean cosine between the "
        "query's token and the tokens that it looks at, less the mean cosine with all tokens that it could look at."
    ),
    "column.kind.block": "block",
    "column.kind.order": "order",
    "column.kind.name": "kind",
    "column.kind.rule": "rule",
    "label.kind.padding": "padding",
    "label.kind.broad": "broad",
    "label.kind.local": "local",
    "label.kind.positional": "positional",
    "label.kind.same_content": "same content",
    "label.kind.mixed": "mixed",
    "note.kind.padding": "More than half of the weight lies on window padding and image padding.",
    "note.kind.broad": "The entropy is above 90 % of the highest possible.",
    "note.kind.local": "The mean distance is at most two and a half patches.",
    "note.kind.positional": "Without rel_h and rel_w more than half of the weight would lie on other keys.",
    "note.kind.same_content": (
        "What it looks at is more like the query than what it could look at, by more than 0.1 in cosine."
    ),
    "note.kind.mixed": "None of these.",
}
