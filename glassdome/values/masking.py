"""Forms of sensitive text that are safe to store or to show a model."""

from __future__ import annotations

from collections.abc import Iterable

from glassdome.values.signal import SensitiveFinding

__all__ = ["mask_text", "masked"]

_STARS = "****"


def masked(value: str, *, keep: int = 4) -> str:
    """Return `value` hidden but for its last characters.

    At most `keep` and never more than a third of its letters and digits are shown; short values show nothing.
    """
    letters = [char for char in value if char.isalnum()]
    shown = min(keep, len(letters) // 3) if len(letters) >= 8 else 0
    return _STARS + "".join(letters[len(letters) - shown :])


def mask_text(text: str, findings: Iterable[SensitiveFinding], *, where: str = "text") -> str:
    """Return `text` with every finding of `where` replaced by its type in brackets: `[iban]`.

    Overlapping findings are merged under the type of the first; spans outside the text are cut to it.
    """
    pieces: list[str] = []
    done = 0
    for finding in sorted((f for f in findings if f.where == where), key=lambda f: (f.start, -f.end)):
        start, end = max(finding.start, done), min(finding.end, len(text))
        if finding.start >= done and start < end:
            pieces += [text[done:start], f"[{finding.type}]"]
        done = max(done, end)
    return "".join(pieces) + text[done:]
