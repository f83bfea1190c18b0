"""Pages inside a page: what an iframe's `srcdoc` and `data:` URLs hold, which a browser shows in the place of the frame."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from glassdome.parse.charset import decode
from glassdome.parse.state import ParseState

__all__ = ["MAX_FRAMES", "MAX_FRAME_DEPTH", "inner_page", "is_closed"]

#: Frames in frames that are read; honest mail has none.
MAX_FRAME_DEPTH = 3
#: Frames of one page.
MAX_FRAMES = 50
_PAGES = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/plain", "")
_ADDRESS = ("src", "data")


def inner_page(attributes: Mapping[str, str | None], state: ParseState) -> str:
    """Return the HTML that a frame holds itself, or an empty string; `srcdoc` goes before the address (HTML 4.8.5)."""
    if (page := attributes.get("srcdoc")) is not None:
        return page
    address = next((value for name in _ADDRESS if (value := attributes.get(name))), "").lstrip()
    if address[:5].lower() != "data:":
        return ""
    head, comma, body = address[5:].partition(",")
    kind, *parameters = [part.strip().lower() for part in head.split(";")]
    if not comma or kind not in _PAGES:
        return ""
    charset = next((part[8:] for part in parameters if part.startswith("charset=")), "")
    text = decode(_bytes(body, packed="base64" in parameters), charset, state)
    return text if kind not in ("", "text/plain") else text.replace("&", "&amp;").replace("<", "&lt;")


def _bytes(body: str, *, packed: bool) -> bytes:
    data = unquote_to_bytes(body)
    if not packed:
        return data
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return b""


def is_closed(attributes: Mapping[str, str | None]) -> bool:
    """Return whether a frame has no room to show anything: one of its sides is a pixel or nothing."""
    return any((attributes.get(side) or "").strip().removesuffix("px") in ("0", "1") for side in ("width", "height"))
