"""Parse: bytes of a message to a frozen `Message`. Pure, bounded, and never raising for malformed mail."""

from __future__ import annotations

from glassdome.parse.attachment import bounded_text
from glassdome.parse.contents import bodies, contents
from glassdome.parse.message import parse_message
from glassdome.parse.original import Original, read_original
from glassdome.parse.packed import texts_of_file
from glassdome.parse.rewritten import unwrapped
from glassdome.parse.shown import ShownPiece, shown_text
from glassdome.parse.url import find_urls, host_of, normal_url

__all__ = [
    "Original",
    "ShownPiece",
    "bodies",
    "bounded_text",
    "contents",
    "find_urls",
    "host_of",
    "normal_url",
    "parse_message",
    "read_original",
    "shown_text",
    "texts_of_file",
    "unwrapped",
]
