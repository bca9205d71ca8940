"""The photo on its way to the model image."""

TEXTS = {
    "view.photo.title": "From photo to model image",
    "view.photo.what": (
        "The photo is resized until its longest side fits, each colour has its mean taken away and is divided by its "
        "standard deviation, and only then zeros fill the square below or beside it."
    ),
    "view.photo.formula": (
        r"$⟦x.pixel|x_{r,c}⟧ = \frac{⟦p|p_{r,c}⟧ - ⟦μ|\mu⟧}{⟦σ|\sigma⟧} \qquad x = 0 \ \mathrm{outside\ the\ "
        r"photo}$"
    ),
    "view.photo.more": (
        "segment-anything resizes the photo’s 8-bit pixels with Pillow’s bilinear filter, which averages over several "
        "pixels where the photo becomes smaller; a small photo is enlarged. Both sides are rounded to whole pixels, "
        "halves upwards. The means are 123.675, 116.28 and 103.53 and the deviations 58.395, 57.12 and 57.375, for "
        "red, green and blue on the scale from 0 to 255. Padding comes last and only at the bottom or at the right, "
        "so that the photo always begins in the top left corner."
    ),
    "view.photo.not": (
        "Mean and standard deviation are constants, those of ImageNet's photos; they aren't measured in this photo, "
        "whose own normalised mean isn't zero. The padding isn't black but the mean colour, which is what a normalised "
        "zero stands for."
    ),
    "panel.photo.squashed": "Squashed to a square",
    "panel.photo.resized": "Resized: longest side fits",
    "panel.photo.sizes": "original {height}×{width} px → resized {rows}×{cols} px (rows × columns)",
    "panel.photo.bare": "{rows}×{cols} px, given as a tensor: there is no photo's size behind it",
    "panel.photo.before": "Pixels of the photo, 0–255",
    "panel.photo.after": "The same pixels, normalised",
    "panel.photo.level_before": "pixel value",
    "panel.photo.level_after": "(value − mean) ÷ std",
    "panel.photo.level_from_0_to_1": "(value − darkest) ÷ (brightest − darkest)",
    "panel.photo.share": "pixels, %",
    "panel.photo.red": "red",
    "panel.photo.green": "green",
    "panel.photo.blue": "blue",
    "panel.photo.grey": "grey",
    "panel.photo.numbered": "channel {channel}",
    "panel.photo.model_image": "Padded: the model image",
    "panel.photo.padding": (
        "{rows}×{cols} px, {share:percent} of them image padding: zeros, drawn in the colour that they stand for"
    ),
    "panel.photo.no_padding": "{rows}×{cols} px, all of them photo: no image padding",
    "panel.photo.pixel": "Middle pixel of the pinned patch, ({row}, {col})",
    "panel.photo.channel": "channel",
    "panel.photo.value": "pixel value",
    "panel.photo.mean": "− mean",
    "panel.photo.std": "÷ standard deviation",
    "panel.photo.darkest": "− the photo's darkest value",
    "panel.photo.range": "÷ (brightest − darkest)",
    "panel.photo.constant": "{value:g}",
    "panel.photo.normalised": "{value:.4f}",
    "panel.photo.result": "= what the encoder gets",
    "view.image_padding.title": "Image padding",
    "view.image_padding.what": (
        "A photo that isn't square fills only part of the square model image. Hatched patches hold no photo at all, "
        "tinted ones are partly photo; to the encoder every one of them is a token like any other."
    ),
    "view.image_padding.formula": (
        r"$\mathrm{rows\ of\ patches\ with\ photo} = \left\lceil \frac{⟦resized_rows|\mathrm{resized\ "
        r"rows}⟧}{⟦patch_size|\mathrm{patch\_size}⟧} \right\rceil$"
    ),
    "view.image_padding.more": (
        "Sam.preprocess pads at the bottom and at the right, so the patch in row 0 and column 0 always holds photo. A "
        "patch that holds no photo is all zeros, so that its token leaves the patch embedding as the bias alone; then "
        "its position is added. From block to block it goes on changing like any other. The decoder’s masks cover the "
        "padding as well: Sam.postprocess_masks cuts it off before it resizes them to the photo."
    ),
    "view.image_padding.not": (
        "Padded patches aren't masked and don't stay zero: bias and position embedding are added to them, and other "
        "patches look at them. This isn't window padding, which comes later, inside windowed blocks."
    ),
    "panel.image_padding.picture": "Photo, and the rest of the square",
    "panel.image_padding.legend": "Hatched: image padding. Orange: partly photo. Framed: the pinned patch.",
    "panel.image_padding.counts": "Patches",
    "panel.image_padding.whole": "all photo",
    "panel.image_padding.partly": "partly photo",
    "panel.image_padding.none": "image padding",
    "panel.image_padding.tokens": "tokens, {rows} × {cols}",
    "panel.image_padding.stays": "The three add up to the tokens: every patch is computed, whatever it holds.",
    "panel.image_padding.way_back": "What patch ({row}, {col}) sees of the original photo",
    "panel.image_padding.axis": "along",
    "panel.image_padding.pixels": "original pixels",
    "panel.image_padding.span": "{first:count} … {last:count}",
    "panel.image_padding.of": "of",
    "panel.image_padding.rows": "rows",
    "panel.image_padding.cols": "columns",
}
