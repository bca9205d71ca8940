"""A lesson: the page as one file, without a server."""

TEXTS = {
    "lesson.blocks": "block {block} isn’t in this lesson, which holds {blocks}",
    "lesson.one_look": "in this lesson the view is there for {looks} only",
    "lesson.no_server": "a lesson is one file without a server: it shows the photo and the blocks that it holds",
    "lesson.no_view": "not in this lesson",
}
