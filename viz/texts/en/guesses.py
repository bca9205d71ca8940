"""Questions of a tour that are answered before the picture does; the numbers come from the trace."""

TEXTS = {
    "guess.head": "head {head}: {value}",
    "guess.value": "{name}: {value}",
    "guess.positional_head": "Which head goes most by position, whatever the photo holds?",
    "guess.positional_head.answer": "Without rel_h and rel_w so much weight would lie on other keys: {values}.",
    "guess.farthest_head": "Which head looks farthest from the pinned patch?",
    "guess.farthest_head.answer": "The mean distance of what it looks at, in patches: {values}.",
    "guess.window_padding": "Where does the padding of the pinned patch’s window lie?",
    "guess.window_padding.nowhere": "nowhere",
    "guess.window_padding.below": "below",
    "guess.window_padding.right": "on the right",
    "guess.window_padding.both": "below and on the right",
    "guess.window_padding.answer": (
        "{padding:count} of this window’s {keys:count} tokens are padding; head {head} gives them {share:percent} of "
        "its weight."
    ),
    "guess.strongest_term": "Which of the three terms decides most where head {head} looks?",
    "guess.strongest_term.answer": "Without this term, so much of head {head}’s weight lies on other keys: {values}.",
    "guess.larger_half": "In block {block}, which adds more to the pinned token, measured against its length?",
    "guess.larger_half.answer": "Attention adds {attn:percent} of the token’s length, the MLP {mlp:percent}.",
    "guess.few_neurons": (
        "How many of the {hidden:count} neurons, the strongest first, write half of all that is written for this token?"
    ),
    "guess.few_neurons.up_to": "up to {high} %",
    "guess.few_neurons.between": "{low} to {high} %",
    "guess.few_neurons.more": "more than {low} %",
    "guess.few_neurons.answer": "{count:count} of {hidden:count} neurons, {share:percent}, by the lengths they write.",
}
