"""LayerNorm and LayerNorm2d."""

TEXTS = {
    "view.norm1.title": "LayerNorm before attention",
    "view.norm1.what": (
        "norm1 takes a token's mean away and divides by its spread; then every channel gets its learned scale and "
        "shift. It is a normalisation, not an activation: before scale and shift, the pinned token's channels lie on "
        "one straight line."
    ),
    "view.norm1.formula": (
        r"$y = \frac{x - \mathrm{mean}(x)}{\sqrt{\mathrm{var}(x) + \varepsilon}} \cdot w + b, "
        r"\qquad \varepsilon = 10^{-6}$"
    ),
    "view.norm1.not": (
        "An even map doesn't say that tokens are alike: their mean and spread are levelled, their directions stay. Nor "
        "does the stream lose anything: only the copy that attention reads is normalised."
    ),
    "view.neck_norm.title": "LayerNorm2d in the neck",
    "view.neck_norm.what": (
        "LayerNorm2d standardises the channels of each position; no position sees another. So a channel's map changes "
        "its shape, since every patch is divided by its own spread; BatchNorm would only have stretched the map."
    ),
    "view.neck_norm.formula": (
        r"$y_{c,i,j} = \frac{x_{c,i,j} - \mathrm{mean}_c(x_{\cdot,i,j})}{\sqrt{\mathrm{var}_c(x_{\cdot,i,j}) + "
        r"\varepsilon}} \cdot w_c + b_c$"
    ),
    "view.neck_norm.not": (
        "A high correlation doesn't make it a BatchNorm: it only says that this photo's patches had similar spreads. "
        "The 2d in the name says where the channels stand, not that neighbours are averaged."
    ),
    "panel.norm1.maps": "Each token's mean and spread over channels",
    "panel.norm1.line": "Channels of the pinned token ({row}, {col})",
    "panel.norm1.table": "The channels that stand out most",
    "panel.norm1.numbers": "The pinned token's mean and variance",
    "panel.norm1.proof": (
        "Two numbers of its own and two learned vectors give the whole token; the last number compares it with what "
        "the forward pass computed."
    ),
    "panel.neck_norm.channel": "Channel {channel} of 0…{last}, step by step",
    "panel.neck_norm.spread": "Spread over all channels, at each position",
    "panel.neck_norm.line": "Pinned position ({row}, {col}): neck.2 to neck.3",
    "panel.neck_norm.table": "Over the channels at ({row}, {col})",
    "panel.neck_norm.same": "The same as LayerNorm",
    "panel.neck_norm.proof": ("torch's LayerNorm, given this position's channels as a token, computes the same."),
    "label.norm.mean": "mean",
    "label.norm.variance": "variance",
    "label.norm.std": "standard deviation",
    "label.norm.mean_before": "mean before",
    "label.norm.mean_after": "mean after",
    "label.norm.std_before": "standard deviation before",
    "label.norm.std_after": "standard deviation after",
    "label.norm.variance_before": "variance before",
    "label.norm.variance_standard": "variance, standardised",
    "label.norm.difference": "largest difference",
    "label.norm.neck_difference": "neck.{step}, largest difference",
    "label.norm.channel": "channel",
    "label.norm.before": "before",
    "label.norm.standard": "standardised",
    "label.norm.weight": "× scale",
    "label.norm.bias": "+ shift",
    "label.norm.final": "after scale and shift",
    "axis.norm.before": "value before the norm",
    "axis.norm.after": "value after",
    "axis.norm.step": "step",
    "unit.norm.channel": "channel's value",
    "scale.norm.pair": "one scale before and after",
    "note.norm.range": "{low} to {high} over the photo",
    "note.norm.alike": "correlation with the map before: {value}",
}
