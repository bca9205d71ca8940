"""LayerNorm and LayerNorm2d."""

TEXTS = {
    "view.norm1.title": "LayerNorm before attention",
    "view.norm1.what": (
        "norm1 takes a token's mean away and divides by its spread; then every channel gets its learned scale and "
        "shift. It is a normalisation, not an activation: drawn against their values before, the standardised channels "
        "of one token lie on one straight line, and only scale and shift move them off it."
    ),
    "view.norm1.formula": (
        r"$⟦y.norm|y⟧ = \frac{⟦x.norm|x⟧ - \mathrm{mean}(x)}{\sqrt{\mathrm{var}(x) + ⟦ε|\varepsilon⟧}} \cdot "
        r"⟦w.norm|w⟧ + ⟦b.norm|b⟧, \qquad \varepsilon = 10^{-6}$"
    ),
    "view.norm1.more": (
        "LayerNorm works on each token alone, over its channels: no token sees another one here. The variance is the "
        "mean of the squared differences, divided by the number of channels and not by one less. build_sam passes ε = "
        "10⁻⁶, where torch’s own default is 10⁻⁵. The scale w and the shift b have one number for each channel and "
        "are the same for all tokens. Window padding comes after norm1, so that its tokens are exact zeros."
    ),
    "view.norm1.not": (
        "An even map doesn't say that tokens are alike: norm1 makes their means and spreads equal, but their channels "
        "still differ. Nor does the stream lose anything: only the copy that attention reads is normalised."
    ),
    "view.norm2.title": "LayerNorm before the MLP",
    "view.norm2.what": (
        "norm2 does to the stream what norm1 did, once attention has been added to it: each token's mean is taken "
        "away, it is divided by its spread, and every channel gets a learned scale and shift of this norm's own. Only "
        "the copy that the MLP reads is normalised; what the MLP makes of it is added to the stream as it was."
    ),
    "view.norm2.formula": (
        r"$⟦y.norm|y⟧ = \frac{⟦x.norm|x⟧ - \mathrm{mean}(x)}{\sqrt{\mathrm{var}(x) + ⟦ε|\varepsilon⟧}} \cdot "
        r"⟦w.norm|w⟧ + ⟦b.norm|b⟧, \qquad x = \mathrm{input} + \mathrm{attention}, \quad \varepsilon = "
        r"10^{-6}$"
    ),
    "view.norm2.more": (
        "norm2 has a scale and a shift of its own, other ones than norm1’s, and the same ε of 10⁻⁶. It works on the "
        "grid, after the windows have been put back, so that window padding never reaches it or the MLP. As in norm1 "
        "each token is normalised over its own channels, and no token sees another."
    ),
    "view.norm2.not": (
        "Equal means and spreads after the norm don't say that the MLP treats all tokens alike: what it reads is their "
        "direction, and that differs from token to token. Nor does norm2 undo what attention added: it rescales the "
        "sum of both."
    ),
    "view.neck_norm.title": "LayerNorm2d in the neck",
    "view.neck_norm.what": (
        "LayerNorm2d standardises the channels of each position; no position sees another. Each patch is divided by "
        "its own spread, so the pattern of a channel's map changes. BatchNorm would have scaled and shifted the whole "
        "map by one pair of numbers, and its pattern would have stayed."
    ),
    "view.neck_norm.formula": (
        r"$⟦y.norm|y_{c,i,j}⟧ = \frac{⟦x.norm|x_{c,i,j}⟧ - "
        r"⟦mean_c|\mathrm{mean}_c⟧(x_{\cdot,i,j})}{\sqrt{⟦var_c|\mathrm{var}_c⟧(x_{\cdot,i,j}) + "
        r"⟦ε|\varepsilon⟧}} \cdot ⟦w.norm|w_c⟧ + ⟦b.norm|b_c⟧$"
    ),
    "view.neck_norm.more": (
        "LayerNorm2d is written out in common.py: the mean over axis 1, the mean of the squared differences, a "
        "division by the square root of that plus 10⁻⁶, then weight and bias for each channel. It gives the same "
        "numbers as torch’s LayerNorm on the channels of each position. A BatchNorm, once trained, uses a mean and a "
        "variance for each channel that were stored in training: the same for all positions and all photos."
    ),
    "view.neck_norm.not": (
        "A high correlation doesn't make it a BatchNorm: it only says that this photo's patches had similar means and "
        "spreads. The 2d in the name says that the tensor is (channels, rows, columns), not that neighbours are "
        "averaged."
    ),
    "panel.norm.maps": "Each token's mean and spread over channels",
    "panel.norm.line": "Channels of the pinned token {patch}",
    "panel.norm.table": "The channels that stand out most",
    "panel.norm.numbers": "The pinned token's mean and variance",
    "panel.norm.proof": (
        "The token's own mean and variance and the two learned vectors (scale and shift) are all that {norm} uses. The "
        "last number compares the token computed from them with what the forward pass computed."
    ),
    "panel.neck_norm.channel": "Channel {channel} of 0…{last}, step by step",
    "panel.neck_norm.spread": "Spread over all channels, at each position",
    "panel.neck_norm.line": "Channels of the pinned position {patch}, from neck.2 to neck.3",
    "panel.neck_norm.table": "Mean and variance over the channels at {patch}",
    "panel.neck_norm.same": "LayerNorm2d beside torch's LayerNorm",
    "panel.neck_norm.proof": (
        "torch's LayerNorm, given this position's channels as one token and the same scale and shift, computes the "
        "same up to rounding."
    ),
    "label.norm.mean": "mean",
    "label.norm.variance": "variance",
    "label.norm.std": "standard deviation",
    "label.norm.mean_before": "mean before",
    "label.norm.mean_after": "mean after",
    "label.norm.std_before": "spread before",
    "label.norm.std_after": "spread after",
    "label.norm.variance_before": "variance before",
    "label.norm.variance_standard": "variance, standardised",
    "label.norm.difference": "largest difference",
    "label.norm.neck_difference": "neck.{step}: largest difference",
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
    "scale.norm.pair": "before and after share a scale",
    "note.norm.range": "{low:number} to {high:number} over the photo",
    "note.norm.alike": "correlation with the map before: {value:number}",
}
