"""Window partition."""

TEXTS = {
    "view.windows.title": "划分窗口",
    "view.windows.what": (
        "在窗口式块里，一个图像块只看自己的窗口，在 SAM 里是 14×14 个 token。norm1 之后，用零把网格补成整数个窗口"
        "（1024 像素时从 64×64 补到 70×70 个 token）；各窗口作为一个批次交给注意力，之后再拼回网格。"
        "这样做是为了减少计算量。"
    ),
    "view.windows.more": "window_partition 在下方和右方补零；除此之外只是重新排列，没有数字改变。窗口并入批的轴，所以注意力把每个窗口当作一幅单独的图像。window_unpartition 把它们放回原处，并裁掉填充。在 64×64 的网格上，没有窗口时一个头有 64⁴ = 1680 万个分数，用 14×14 的窗口时有 25·196² = 96 万个。",
    "view.windows.not": (
        "划分窗口不是为了加入相对位置：两种块都有相对位置。窗口填充没有加掩码：它的 token 参与 softmax，"
        "它们的键就是 qkv 层的偏置。这里数的是分数的个数，不是秒数：例如 MLP，在两种块里花费相同。"
    ),
    "panel.windows.cut": "网格切成 {count} 个窗口，其中 {padded} 个带填充",
    "panel.windows.order": "数字是窗口在批次里的次序，逐行编号。",
    "panel.windows.hatched": "斜线处是窗口填充：用零把网格补到 {rows}×{cols} 个 token。",
    "panel.windows.batch": "批次：{count} × {window} × {window} × {dim}",
    "panel.windows.unordered": "注意力单独处理每个窗口：批次里看不出哪些窗口在网格上是邻居。",
    "panel.windows.positions": "只有 token 自己知道：位置嵌入在第一个块之前就加到了它们上面。",
    "panel.windows.whole": "一个整体：整个网格",
    "panel.windows.global": "块 {block} 是全局块：它不划分窗口，每个图像块都看全部 {rows}×{cols} 个图像块。",
    "panel.windows.why": (
        "如果只有窗口，注意力永远无法把任何东西带过窗口的边界；只有最后一个块之后颈部的 3×3 卷积会混合边界两侧的图像块。"
        "在全局块里，全部 {tokens:count} 个图像块可以互相看；两个计数说明这要花多少计算。"
    ),
    "panel.windows.way": "选定图像块的下标：进入窗口，再回到网格",
    "panel.windows.curves": "计算量：一个头的分数个数",
    "panel.windows.numbers": "计算量，以及每个 token 是否都回到原位",
    "panel.windows.count": "计算量",
    "panel.windows.work": (
        "在窗口式块里，每个头计算 {count} · {keys}² 个分数；在全局块里是 {tokens:count}² 个。两个差值比较的是这个块 norm1 "
        "之后的 token：选定的 token 与批次里它位置上的值，以及整个网格与重新拼好的网格。"
    ),
    "formula.windows.window": "{at} // {window} = {result}",
    "formula.windows.index": "{down} · {across} + {along} = {index}",
    "formula.windows.inside": "{at} − {before} · {window} = {result}",
    "formula.windows.back": "{before} · {window} + {inside} = {result}",
    "axis.windows.step": "步骤",
    "axis.windows.side": "正方形网格的边长，token",
    "axis.windows.entries": "分数个数，百万",
    "label.windows.row": "行",
    "label.windows.col": "列",
    "label.windows.way_grid": "在网格上",
    "label.windows.way_window": "哪个窗口",
    "label.windows.way_index": "它在批次里的下标",
    "label.windows.way_inside": "在窗口内",
    "label.windows.way_back": "回到网格上",
    "label.windows.windowed": "窗口式",
    "label.windows.global": "全局",
    "label.windows.this_grid": "{rows}×{cols}",
    "label.windows.padding_tokens": "选定窗口里的填充 token 数",
    "label.windows.entries_windowed": "分数个数，窗口式",
    "label.windows.entries_global": "分数个数，全局",
    "label.windows.token_difference": "选定的 token，最大差值",
    "label.windows.grid_difference": "整个网格，最大差值",
}
