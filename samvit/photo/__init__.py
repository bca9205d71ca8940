"""Reading photos: files of every depth, pages and bands become RGB, and what was done is said.

`open_photo` is the one to call; `fact` holds what can be said, `shown_range` the rule for deep pictures, `tiff`,
`pillow`, `png` and `deep_files` the readers, `other_files` the names of what isn't read.
"""

from samvit.photo.fact import Fact
from samvit.photo.photo import Photo, Source, open_photo, read_photo
from samvit.photo.reading import FORMATS, MAX_PIXELS

__all__ = ["FORMATS", "MAX_PIXELS", "Fact", "Photo", "Source", "open_photo", "read_photo"]
