"""LayerNorm and LayerNorm2d."""

TEXTS = {
    "view.norm1.title": "注意力之前的 LayerNorm",
    "view.norm1.what": (
        "norm1 从 token 里减去均值，再除以它的离散程度；然后每个通道乘以学到的缩放、加上学到的平移。它是归一化，不是激活函数："
        "以归一化前的值为横轴画出来，同一个 token 标准化后的各通道落在一条直线上，只有缩放和平移才让它们离开这条线。"
    ),
    "view.norm1.more": "LayerNorm 对每个 token 单独作用，沿它的通道计算：在这里没有 token 能看到别的 token。方差是差的平方的平均，除以通道数，而不是通道数减一。build_sam 传入 ε = 10⁻⁶，而 torch 的默认值是 10⁻⁵。缩放 w 和平移 b 每个通道各有一个数，对所有 token 都相同。窗口填充在 norm1 之后，所以它的 token 恰好是零。",
    "view.norm1.not": (
        "图很均匀，不等于各个 token 相像：norm1 让它们的均值和离散程度相等，但各通道仍然不同。残差流也没有损失什么："
        "被归一化的只是注意力读取的那份副本。"
    ),
    "view.norm2.title": "MLP 之前的 LayerNorm",
    "view.norm2.what": (
        "加上注意力之后，norm2 对残差流做 norm1 做过的事：减去每个 token 的均值，除以它的离散程度，每个通道再用这个归一化自己学到的缩放和平移。"
        "被归一化的只是 MLP 读取的那份副本；MLP 算出的结果加到原来的残差流上。"
    ),
    "view.norm2.more": "norm2 有自己的缩放和平移，与 norm1 的不同，ε 同样是 10⁻⁶。它作用在网格上，在窗口放回之后，所以窗口填充永远到不了它，也到不了 MLP。与 norm1 一样，每个 token 沿自己的通道归一化，看不到别的 token。",
    "view.norm2.not": (
        "归一化之后均值和离散程度相等，不等于 MLP 对所有 token 一视同仁：它读取的是 token 的方向，而方向各不相同。"
        "norm2 也没有抹去注意力加上的东西：它只是把两者之和重新缩放。"
    ),
    "view.neck_norm.title": "颈部的 LayerNorm2d",
    "view.neck_norm.what": (
        "LayerNorm2d 把每个位置的各通道标准化；没有一个位置看得见别的位置。每个图像块都除以自己的离散程度，所以一个通道的图样会改变。"
        "若换成 BatchNorm，整张图会用同一对数缩放和平移，图样保持不变。"
    ),
    "view.neck_norm.more": "LayerNorm2d 在 common.py 里逐步写出：沿轴 1 取均值，差的平方取均值，除以它加 10⁻⁶ 的平方根，再对每个通道乘权重、加偏置。它与 torch 的 LayerNorm 作用在每个位置的通道上结果相同。训练好的 BatchNorm 对每个通道使用训练时存下的均值和方差：对所有位置、所有照片都相同。",
    "view.neck_norm.not": (
        "相关系数高并不说明它就是 BatchNorm：那只说明这张照片的各图像块有相近的均值和离散程度。名字里的 2d 是说张量的形状为"
        "（通道，行，列），不是说对邻居取平均。"
    ),
    "panel.norm.maps": "每个 token 各通道的均值和离散程度",
    "panel.norm.line": "选定 token {patch} 的各通道",
    "panel.norm.table": "最突出的通道",
    "panel.norm.numbers": "选定 token 的均值和方差",
    "panel.norm.proof": (
        "{norm} 只用到 token 自己的均值和方差，以及两个学到的向量（缩放和平移）。最后一个数把由它们算出的 token 与前向传播算出的作比较。"
    ),
    "panel.neck_norm.channel": "通道 {channel}（0…{last}），逐步查看",
    "panel.neck_norm.spread": "每个位置上全部通道的离散程度",
    "panel.neck_norm.line": "选定位置 {patch} 的各通道，从 neck.2 到 neck.3",
    "panel.neck_norm.table": "{patch} 处各通道的均值和方差",
    "panel.neck_norm.same": "LayerNorm2d 与 torch 的 LayerNorm 对比",
    "panel.neck_norm.proof": "把这个位置的各通道当作一个 token，用同样的缩放和平移，torch 的 LayerNorm 算出的结果相同，只差舍入。",
    "label.norm.mean": "均值",
    "label.norm.variance": "方差",
    "label.norm.std": "标准差",
    "label.norm.mean_before": "归一化前的均值",
    "label.norm.mean_after": "归一化后的均值",
    "label.norm.std_before": "归一化前的标准差",
    "label.norm.std_after": "归一化后的标准差",
    "label.norm.variance_before": "归一化前的方差",
    "label.norm.variance_standard": "标准化后的方差",
    "label.norm.difference": "最大差值",
    "label.norm.neck_difference": "neck.{step}：最大差值",
    "label.norm.channel": "通道",
    "label.norm.before": "之前",
    "label.norm.standard": "标准化",
    "label.norm.weight": "× 缩放",
    "label.norm.bias": "+ 平移",
    "label.norm.final": "缩放和平移之后",
    "axis.norm.before": "归一化之前的值",
    "axis.norm.after": "之后的值",
    "axis.norm.step": "步骤",
    "unit.norm.channel": "通道的值",
    "scale.norm.pair": "前后共用一个色标",
    "note.norm.range": "照片上从 {low:number} 到 {high:number}",
    "note.norm.alike": "与之前的图的相关系数：{value:number}",
}
