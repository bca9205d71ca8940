"""What a person can cause: errors whose text says what was expected and what came."""


class ImageError(ValueError):
    """A photo that can't be used: unreadable, too large, or not a picture."""


class CheckpointError(ValueError):
    """A checkpoint that can't be used: missing, damaged, or of another architecture."""
