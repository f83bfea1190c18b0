"""XML of foreign files, read piece by piece: no external entities, no entities of its own, bounded in depth."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

__all__ = ["MOST_ELEMENTS", "Sink", "TooMuch", "read_xml"]

#: Elements inside each other; documents of people have some dozens.
_DEEPEST: Final = 2_000
#: Elements of one file: as many as a thousand pages have.
MOST_ELEMENTS: Final = 600_000
_PIECE: Final = 65_536
_RELATIONS: Final = "/relationships"


class TooMuch(Exception):
    """Raised by a sink that has no more room: the rest is not read."""


class Sink:
    """Takes the pieces of an XML file; names come without their namespace, `r:` before those of relations.

    `cut` is true where the rest was not read; `elements` counts those that were.
    """

    cut = False
    elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text between tags."""


class _Refused(Exception):
    """The file defines entities, or is deeper than any honest one."""


class _Driver:
    def __init__(self, sink: Sink, most: int) -> None:
        self.sink, self.most = sink, most
        self.depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.sink.elements += 1
        if self.sink.elements > self.most:
            raise TooMuch
        if self.depth > _DEEPEST:
            raise _Refused
        self.sink.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.sink.end(_local(name))

    def doctype(self, name: str, system: str | None, public: str | None, has_subset: bool) -> None:
        if has_subset:
            raise _Refused


@lru_cache(maxsize=4096)
def _local(name: str) -> str:
    space, _, local = name.rpartition("}")
    return f"r:{local}" if space.endswith(_RELATIONS) and "officeDocument" in space else local


def read_xml(data: bytes, sink: Sink, most: int = MOST_ELEMENTS) -> bool:
    """Give a whole XML file to `sink`; return whether it was well-formed to its end, or to where the sink had enough."""
    parser = ParserCreate(None, "}")
    driver = _Driver(sink, most)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = driver.start, driver.end
    parser.CharacterDataHandler = sink.text
    parser.StartDoctypeDeclHandler = driver.doctype
    try:
        for at in range(0, len(data), _PIECE):
            parser.Parse(data[at : at + _PIECE], False)
        parser.Parse(b"", True)
    except TooMuch:
        sink.cut = True
        return True
    except (ExpatError, _Refused, ValueError, LookupError):
        return False
    return True
