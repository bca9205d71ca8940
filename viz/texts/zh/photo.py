"""The photo on its way to the model image."""

TEXTS = {
    "view.photo.title": "从照片到模型图像",
    "view.photo.what": (
        "先缩放照片，让最长边正好放下；再从每种颜色减去均值、除以标准差；最后才用零填满下方或右侧，补成正方形。"
    ),
    "view.photo.more": "segment-anything 用 Pillow 的双线性滤波缩放照片的 8 位像素；照片变小时，这种滤波对多个像素取平均；小照片会被放大。两条边都四舍五入到整像素。对于 0 到 255 的红、绿、蓝，均值是 123.675、116.28、103.53，标准差是 58.395、57.12、57.375。填充在最后进行，只在下方或右方，所以照片总是从左上角开始。",
    "view.photo.not": (
        "均值和标准差是常数，取自 ImageNet 的照片，并不是从这张照片里算出来的，所以这张照片归一化后的均值不是零。"
        "填充的颜色不是黑色，而是均值色，因为归一化之后的零代表的正是它。"
    ),
    "panel.photo.squashed": "压成正方形",
    "panel.photo.resized": "缩放：最长边正好放下",
    "panel.photo.sizes": "原图 {height}×{width} 像素 → 缩放后 {rows}×{cols} 像素（行 × 列）",
    "panel.photo.bare": "{rows}×{cols} 像素，以张量给出：背后没有照片的尺寸",
    "panel.photo.before": "照片的像素值，0–255",
    "panel.photo.after": "同样的像素，归一化之后",
    "panel.photo.level_before": "像素值",
    "panel.photo.level_after": "（像素值 − 均值）÷ 标准差",
    "panel.photo.level_from_0_to_1": "（像素值 − 最暗）÷（最亮 − 最暗）",
    "panel.photo.share": "像素占比，%",
    "panel.photo.red": "红",
    "panel.photo.green": "绿",
    "panel.photo.blue": "蓝",
    "panel.photo.grey": "灰度",
    "panel.photo.numbered": "通道 {channel}",
    "panel.photo.model_image": "填充之后：模型图像",
    "panel.photo.padding": "{rows}×{cols} 像素，其中 {share:percent} 是图像填充：数值为零，按零所代表的颜色画出",
    "panel.photo.no_padding": "{rows}×{cols} 像素，全部是照片：没有图像填充",
    "panel.photo.pixel": "选定图像块正中的像素，({row}, {col})",
    "panel.photo.channel": "通道",
    "panel.photo.value": "像素值",
    "panel.photo.mean": "− 均值",
    "panel.photo.std": "÷ 标准差",
    "panel.photo.darkest": "− 这张照片最暗的值",
    "panel.photo.range": "÷（最亮 − 最暗）",
    "panel.photo.constant": "{value:g}",
    "panel.photo.normalised": "{value:.4f}",
    "panel.photo.result": "= 编码器得到的值",
    "view.image_padding.title": "图像填充",
    "view.image_padding.what": (
        "照片不是正方形时，只占模型图像的一部分。画斜线的图像块里没有照片，着色的图像块只有一部分是照片；"
        "对编码器来说，它们每一个都和别的图像块一样是 token。"
    ),
    "view.image_padding.more": "Sam.preprocess 在下方和右方填充，所以第 0 行第 0 列的图像块总含有照片。不含照片的图像块全是零，因此它的 token 离开图像块嵌入时只剩偏置；然后加上它的位置。之后它和其他 token 一样，逐块变化。解码器的掩码也覆盖填充部分：Sam.postprocess_masks 先把它裁掉，再把掩码缩放到照片的大小。",
    "view.image_padding.not": (
        "填充的图像块没有被遮住，也不会一直是零：偏置和位置嵌入会加到它们上面，别的图像块也会看它们。"
        "这里说的不是窗口填充；窗口填充发生在后面的窗口式块里。"
    ),
    "panel.image_padding.picture": "照片，以及正方形的其余部分",
    "panel.image_padding.legend": "斜线：图像填充。橙色：部分是照片。方框：选定的图像块。",
    "panel.image_padding.counts": "图像块的数目",
    "panel.image_padding.whole": "全是照片",
    "panel.image_padding.partly": "部分是照片",
    "panel.image_padding.none": "图像填充",
    "panel.image_padding.tokens": "token，{rows} × {cols}",
    "panel.image_padding.stays": "三者之和等于 token 的总数：不管里面是什么，每个图像块都要计算。",
    "panel.image_padding.way_back": "图像块 ({row}, {col}) 看到的是原图的哪一部分",
    "panel.image_padding.axis": "方向",
    "panel.image_padding.pixels": "原图像素",
    "panel.image_padding.span": "{first:count} … {last:count}",
    "panel.image_padding.of": "总数",
    "panel.image_padding.rows": "行",
    "panel.image_padding.cols": "列",
}
