"""Queries and keys in one plane."""

TEXTS = {
    "view.qk_plane.title": "q 和 k 在同一平面",
    "view.qk_plane.what": (
        "选定的头的所有查询和所有键画在一张图里：查询给同方向的键很大的权重。查询乘以一个数、键除以这个数，直到两者散布相近；"
        "再把所有键平移同一个向量，移到查询的中心；两者都不改变任何注意力权重。同样的向量还按同一组基画成颜色，铺在照片上："
        "查询会找到与自己颜色相同的键。有两种排布：前两个主成分，立刻就有；或者 t-SNE，它让近邻靠在一起，要几秒钟。（仿照 AttentionViz，arXiv 2305.03210。）"
    ),
    "view.qk_plane.more": "这个数的选取使查询和键到各自均值的平均距离相同。q 乘以它、k 除以它，每个乘积都不变。把所有键移动同一个向量，会使一个查询的所有分数改变同样的量，而 softmax 不理会这一点。平面由查询和键合在一起的前两个主成分张成；颜色用三个。",
    "view.qk_plane.not": (
        "这个平面没有画出 rel_h 和 rel_w，而它们参与每个分数：它们很强时，查询实际看的地方与它在平面里的位置不符。"
        "平面也丢掉了两个方向以外的所有方向，还丢掉了窗口：在窗口式块里，查询看不见其中大多数键。平面里靠得近，不等于在所有维度上都近。"
    ),
    "panel.qk_plane.scatter": "块 {block}，头 {head}：查询和键",
    "panel.qk_plane.q": "查询，铺在照片上",
    "panel.qk_plane.k": "键，铺在照片上，颜色相同",
    "panel.qk_plane.left_out": "这张图保留了多少",
    "label.qk_plane.queries": "查询",
    "label.qk_plane.keys": "键",
    "label.qk_plane.query": "图像块 {patch} 的查询",
    "label.qk_plane.key": "图像块 {patch} 的键",
    "label.qk_plane.plane": "平面里的方差",
    "label.qk_plane.colours": "颜色里的方差",
    "label.qk_plane.moved": "相对位置移动的权重",
    "note.qk_plane.left_out": (
        "都是占全部（记为 1）的比例。最后一个是选定图像块的：如果像这里一样去掉 rel_h 和 rel_w，它的权重有这么多会落到别的键上。"
    ),
    "note.qk_plane.tsne": "t-SNE 只保留近邻；群的大小和间隔都没有意义。",
    "axis.qk_plane.tsne_first": "t-SNE，横向",
    "axis.qk_plane.tsne_second": "t-SNE，纵向",
    "axis.qk_plane.first": "第一主成分",
    "axis.qk_plane.second": "第二主成分",
}
