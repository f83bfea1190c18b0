"""Forms of sensitive text that are safe to store or to show a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from glassdome.values.message import Message
from glassdome.values.signal import SensitiveFinding

__all__ = ["Masker", "mask_text", "masked"]

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


#: Letters and digits of a value by which a part of it is still recognised; shorter values must stand there whole.
_TELLING = 5
#: Letters and digits from which on a text inside a value gives that value away.
_PART = 12
#: Characters from which on a value is a sentence or a block, of which a last few characters tell nothing.
_LONG = 60
_REST = re.compile(r"[\W_]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


class Masker:
    """Hides a message's sensitive values wherever their words turn up again, however they are spaced or cut.

    It compares letters and digits alone, case folded, so that `DE89 3704` and `de893704` are one value.
    """

    def __init__(self, values: Iterable[tuple[str, str]]) -> None:
        """Take the values in clear, each with the masked form that replaces it."""
        forms = {_letters(value): (value, shown) for value, shown in values}
        forms.pop("", None)
        short = [letters for letters in forms if len(letters) <= len(_STARS) + _TELLING]
        # The last characters that one mask shows may be all of another value.
        self._forms = {
            letters: (_plain(value), _STARS if any(s in _letters(shown) for s in short) else shown)
            for letters, (value, shown) in sorted(forms.items(), key=lambda item: -len(item[0]))
        }

    @classmethod
    def of(cls, message: Message, findings: Iterable[SensitiveFinding]) -> Masker:
        """Return the masker of the findings in `message`."""
        values = ((item, _place(message, item.where)[item.start : item.end]) for item in findings)
        return cls((v, item.masked if len(v) <= _LONG else f"[{item.type}]") for item, v in values)

    def __bool__(self) -> bool:
        """Return whether there is anything to hide."""
        return bool(self._forms)

    def text(self, text: str) -> str:
        """Return `text` with every value, and every telling part of one at its edges, replaced."""
        letters = _letters(text)
        near = [
            (form, *told)
            for form, told in self._forms.items()
            if form[:_TELLING] in letters or form[-_TELLING:] in letters or (len(letters) >= _PART and letters in form)
        ]
        return _replaced(text, near) if near else text


def _place(message: Message, where: str) -> str:
    kind, _, number = where.partition(":")
    if kind == "attachment" and number.isdecimal() and int(number) < len(message.attachments):
        return message.attachments[int(number)].text
    return message.subject if where == "subject" else message.text if where == "text" else ""


def _letters(text: str) -> str:
    return _REST.sub("", text.casefold())


def _plain(text: str) -> str:
    return " ".join(_EDGES.sub("", text).casefold().split())


def _replaced(text: str, forms: list[tuple[str, str, str]]) -> str:
    # Lowered one by one, since a few characters become two.
    places = [(at, char) for at, whole in enumerate(text) for char in whole.casefold() if not _REST.match(char)]
    letters = "".join(char for _, char in places)
    spans = sorted(
        (
            (*_with_brackets(text, places[start][0], places[end - 1][0] + 1), shown)
            for form, plain, shown in forms
            for start, end in _spans(letters, form)
            if len(form) >= _TELLING or _stands_alone(text, places[start][0], places[end - 1][0] + 1, plain)
        ),
        key=lambda span: (span[0], -span[1]),
    )
    pieces, done = [], 0
    for start, end, shown in spans:
        if start >= done:
            pieces += [text[done:start], shown]
        done = max(done, end)
    return "".join(pieces) + text[done:]


def _stands_alone(text: str, start: int, end: int, plain: str) -> bool:
    """Return whether a short value is there as a word of its own: `2026` is not hidden inside `12026`."""
    glued = text[:start][-1:].isalnum() or text[end : end + 1].isalnum()
    return not glued and _plain(text[start:end]) == plain


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the bracket whose other half is hidden: of `(305) 555-0199` no half is left."""
    value = text[start:end]
    if value.count(")") > value.count("(") and text[:start][-1:] == "(":
        start -= 1
    if value.count("(") > value.count(")") and text[end : end + 1] == ")":
        end += 1
    return start, end


def _spans(letters: str, form: str) -> Iterator[tuple[int, int]]:
    """Yield where `form` stands in `letters`: whole, cut off at its end or its beginning, or around all of it."""
    at = letters.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = letters.find(form, at + len(form))
    if len(form) < _TELLING:
        return
    cut = letters.rfind(form[:_TELLING])
    if cut >= 0 and form.startswith(letters[cut:]):
        yield cut, len(letters)
    rest = letters.find(form[-_TELLING:]) + _TELLING
    if rest >= _TELLING and form.endswith(letters[:rest]):
        yield 0, rest
    if len(letters) >= _PART and letters in form:
        yield 0, len(letters)
