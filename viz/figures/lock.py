"""One thread at a time draws: matplotlib isn't thread-safe (fonts, its mathtext parser, and global settings)."""

import threading

# Re-entrant: drawing a figure and writing it to a file each take it, alone or one inside the other.
DRAWING = threading.RLock()
