"""A lesson: the page as one file, without a server."""

TEXTS = {
    "lesson.blocks": "块 {block} 不在这份课件里，它只有块 {blocks}",
    "lesson.one_look": "这个视图在课件里只有 {looks}",
    "lesson.no_server": "课件是一个不用服务器的文件：它显示其中所含的照片和块",
    "lesson.no_view": "不在这份课件里",
}
