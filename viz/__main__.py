"""python -m viz: views of photos as files. See `viz/command_line.py`."""

import sys

from viz.command_line import main

sys.exit(main())
