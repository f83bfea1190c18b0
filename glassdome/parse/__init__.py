"""Parse: bytes of a message to a frozen `Message`. Pure, bounded, and never raising for malformed mail."""

from __future__ import annotations

from glassdome.parse.message import parse_message
from glassdome.parse.original import Original, read_original
from glassdome.parse.packed import texts_of_file

__all__ = ["Original", "parse_message", "read_original", "texts_of_file"]
