"""Gathers the text of an HTML body in reading order, the visible and the hidden pieces apart."""

from __future__ import annotations

import re
from typing import Literal

from glassdome.core.limits import MAX_HIDDEN, MAX_HIDDEN_CHARS, MAX_PREHEADER_CHARS, MAX_TEXT_CHARS
from glassdome.parse.plain import clean, strip_invisible, tidy
from glassdome.parse.text_style import Hidden
from glassdome.values.message import HiddenText

__all__ = ["TextBuilder"]

_CONDITIONAL = re.compile(r"\s*(?:<!)?\[(?:if|endif)\b", re.IGNORECASE)
#: An XML declaration, which HTML takes for a comment.
_DECLARATION = re.compile(
    r"\?xml(?::namespace)?(?:\s{1,5}(?:version|encoding|standalone|prefix|ns)\s{0,5}=\s{0,5}[\"']?[^\s\"'<>]{0,100}[\"']?){1,6}\s{0,5}[/?]{0,2}",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[^<>]{0,500}>")
#: Stand for the begin and end of a quotation until lines are known; taken out of the mail's own text.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
_BREAKS = ("\n", "\n\n")
#: Images whose words are kept.
_MAX_ALTERNATIVES = 50
#: HTML comments shorter than this are an author's notes.
_SHORTEST_COMMENT = 25


class TextBuilder:
    """Takes text nodes, breaks and quotations in document order."""

    def __init__(self) -> None:
        self.visible: list[str] = []
        self.alternatives: list[str] = []
        self._pieces: list[tuple[Hidden, list[str], bool]] = []
        self._comments: list[str] = []
        self._mirrored: list[str] = []
        self._quotes = self._chars = self._hidden_chars = 0
        self._seen = self._joining = False
        self._last = _BREAKS[1]

    def text(self, text: str, how: Hidden | None, keep_lines: bool) -> str:
        """Add one text node; return it as it will be read, or an empty string where it is hidden or too much."""
        if not keep_lines:
            text = _one_space(text)
        if how is None:
            if self._chars > MAX_TEXT_CHARS or not text or (text == " " and self._last in _BREAKS):
                return ""
            self._chars += len(text)
            self.visible.append(text)
            self._last = text
            if not text.isspace():
                self._seen, self._joining = True, False
            return text
        self._hide(text, how)
        return ""

    def space(self, mark: str) -> None:
        """Add a forced line break or the gap between two cells."""
        self.visible.append(mark)
        self._last = mark
        if self._joining:
            self._pieces[-1][1].append(" ")

    def block(self, mark: str) -> None:
        """Begin or end a block: a line break, or an empty line (two), where there is none yet."""
        if self._last in _BREAKS:
            if len(mark) <= len(self._last):
                return
            mark = "\n"
        self.space(mark)

    def quote(self, opened: bool) -> None:
        """Mark the begin or the end of a quotation."""
        self._quotes += opened
        self.visible.append("\n" + (_OPEN if opened else _CLOSE) + "\n")
        self._last = "\n"

    def alternative(self, text: str) -> None:
        """Add the words that stand for an image; they are the text of a mail that is all images."""
        if len(self.alternatives) < _MAX_ALTERNATIVES:
            self.alternatives.append(text[:MAX_HIDDEN_CHARS])

    def mirrored(self, text: str) -> None:
        """Note text that the mail holds backwards, so that only a reader's eye finds its words."""
        if len(self._mirrored) < MAX_HIDDEN // 5 and not text.isspace():
            self._mirrored.append(text)

    def comment(self, text: str | None) -> None:
        """Add an HTML comment, where it has words; conditional ones hold the same mail again for one program."""
        if not text or len(self._comments) >= MAX_HIDDEN // 5 or _CONDITIONAL.match(text):
            return
        words = " ".join(_MARKUP.sub(" ", text[: 2 * MAX_HIDDEN_CHARS]).split())
        if _DECLARATION.fullmatch(words):
            return
        if len(words) >= _SHORTEST_COMMENT and " " in words and not _is_code(words):
            self._comments.append(words)

    def result(self) -> tuple[str, list[HiddenText]]:
        """Return the visible text and the hidden pieces."""
        text = "".join(self.visible)
        if self._quotes:
            text = _prefixed(text)
        text, hidden = strip_invisible(clean(text))
        pieces = [HiddenText(text=t, how=how) for how, t in map(self._piece, self._pieces) if t]
        hidden += [HiddenText(text=words, how="bidi") for words in map(_readable, self._mirrored) if words]
        comments = [HiddenText(text=_readable(words), how="comment") for words in self._comments]
        return tidy(text), [*pieces, *hidden, *comments][:MAX_HIDDEN]

    def _hide(self, text: str, how: Hidden) -> None:
        if not self._joining or self._pieces[-1][0] != how:
            if text.isspace() or not text or len(self._pieces) >= MAX_HIDDEN:
                return
            self._pieces.append((how, [], not self._seen))
            self._joining, self._hidden_chars = True, 0
        if self._hidden_chars <= MAX_HIDDEN_CHARS:
            self._hidden_chars += len(text)
            self._pieces[-1][1].append(text)

    def _piece(self, piece: tuple[Hidden, list[str], bool]) -> tuple[Hidden | Literal["preheader"], str]:
        how, texts, early = piece
        text = _readable("".join(texts))
        return ("preheader" if early and piece is self._pieces[0] and len(text) <= MAX_PREHEADER_CHARS else how), text


def _one_space(text: str) -> str:
    """Collapse white space as HTML does, the outer ones to one space each."""
    words = " ".join(text.split())
    if not words or words == text:
        return words or " "
    return (" " if text[0].isspace() else "") + words + (" " if text[-1].isspace() else "")


def _readable(text: str) -> str:
    return " ".join(strip_invisible(clean(text))[0].split())[:MAX_HIDDEN_CHARS]


def _is_code(words: str) -> bool:
    return "{" in words and "}" in words


def _prefixed(text: str) -> str:
    """Write quotations the way plain text does (RFC 3676 4.5)."""
    out: list[str] = []
    depth = 0
    for line in text.split("\n"):
        if line == _OPEN:
            depth += 1
        elif line == _CLOSE:
            depth = max(0, depth - 1)
        else:
            line = _MARKS.sub("", line)
            out.append("> " * min(depth, 5) + line.strip() if depth and line.strip() else line)
    return "\n".join(out)
