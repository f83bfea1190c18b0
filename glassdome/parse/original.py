"""Return a message as its sender wrote it: its plain text, its HTML source, the bytes of its attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from glassdome.core.errors import MessageTooLarge
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.parse.body import plain_text, read_text
from glassdome.parse.containers import open_containers
from glassdome.parse.sorting import is_html, sort_parts
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part, parse_structure

__all__ = ["Original", "read_original"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """`plain` and `html` are empty where there is no such part; `contents` has each part's bytes by their SHA-256."""

    plain: str = ""
    html: str = ""
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def read_original(raw: bytes, *, with_contents: bool = False) -> Original:
    """Read one message within the parser's bounds; raises MessageTooLarge. `contents` is empty unless asked for."""
    if len(raw) > MAX_MESSAGE_BYTES:
        raise MessageTooLarge(f"The message has {len(raw)} bytes; at most {MAX_MESSAGE_BYTES} are read.")
    state = ParseState()
    root = parse_structure(raw, state)
    open_containers(root, state)
    parts = sort_parts(root)
    files: list[Part] = []
    texts = (*parts.shown, *parts.other)
    return Original(
        plain="\n\n".join(filter(None, (plain_text(part, state, files) for part in texts if not is_html(part)))),
        html="\n".join(filter(None, (read_text(part, state) for part in texts if is_html(part)))),
        contents=dict(_contents(replace(root, children=[*root.children, *files]), state)) if with_contents else {},
    )


def _contents(part: Part, state: ParseState) -> Iterator[tuple[str, bytes]]:
    if not part.media_type.startswith("multipart/"):
        data = part.content(state)
        yield hashlib.sha256(data).hexdigest(), data
    for child in part.children:
        yield from _contents(child, state)
