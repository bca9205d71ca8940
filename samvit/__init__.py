"""Segment Anything's image encoder, and what can be measured in it."""

__version__ = "0.1.0"
