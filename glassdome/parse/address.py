"""Address fields (RFC 5322 3.4): mailboxes with decoded names, groups opened, broken syntax read as mail programs do."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from glassdome.core.limits import MAX_ADDRESSES
from glassdome.parse.address_spec import specs_in, without_comments
from glassdome.parse.encoded_words import WORD_BEGIN, decode_words
from glassdome.parse.plain import one_line
from glassdome.parse.state import ParseState
from glassdome.values.message import Address

__all__ = ["parse_addresses"]

#: The common case in one step: `"Name" <local@domain>` or `Name <local@domain>`.
_SIMPLE = re.compile(r'(?:"([^"<>,;:()\\@]*)"\s*|([^"<>,;:()\\@]*))<([^<>\s"(),;:@]+@[^<>\s"(),;:@]+)>')
_BARE = re.compile(r'[^<>\s"(),;:@\\]+@[^<>\s"(),;:@\\]+')
_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"|<((?:"(?:[^"\\]|\\.)*"|[^<>"]|")*)>?|([,;:])|(\()|(\[[^\[\]\s<>"]{0,300}\]|[^",;:<>()\[]+|.)',
    re.DOTALL,
)
_PAREN = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
#: Stand for an encoded word while the syntax around it is read, for it may hold raw commas, quotes and parentheses.
_HELD = re.compile("\ue0f4([\ue100-\uf0ff])")
_MOST_HELD = 4_000
#: An address beyond doubt; archives that write `@` for other letters have none.
_WHOLE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+\.?")
#: Brackets and quotation marks that look like those around an address, and are none: nobody can tell what is meant.
_ODD = "\u00ab\u00bb\u2039\u203a\u2329\u232a\u226a\u226b\u276c-\u2771\u27e6-\u27ef\u2983-\u2998\u3008-\u3011\u3014-\u301b\ufe3d-\ufe44\ufe59-\ufe5e\ufe64\ufe65\uff08\uff09\uff1c\uff1e\uff3b\uff3d\uff5b\uff5d\uff5f\uff60\uff62\uff63"
_ODDLY = re.compile(f"[{_ODD}]")
_IN_ANGLES = re.compile(r"<([^<>]*)>")


class _Piece(NamedTuple):
    kind: Literal["quoted", "word", "comment", "angle"]
    text: str


def parse_addresses(value: str, state: ParseState) -> tuple[Address, ...]:
    """Parse an address list; a member without any address is kept by its name, so that nothing shown is lost.

    Of a member with several addresses, which mail programs show differently, each becomes a mailbox.
    """
    simple = _SIMPLE.fullmatch(value)
    if simple:
        return (_address(simple[1] or simple[2] or "", simple[3], state),)
    if _BARE.fullmatch(value):
        return (_address("", value, state),)
    return tuple(_List(state).parse(value)) if value else ()


def _address(name: str, addr: str, state: ParseState) -> Address:
    addr = decode_words(addr, state)
    if addr[:1] in "\"'" and addr[:1] == addr[-1:]:
        addr = addr[1:-1]
    local, at, domain = addr.rpartition("@")
    name = _unquoted(decode_words(name, state))
    if "  " in name:
        name = " ".join(name.split())  # RFC 5322 3.2.2: a run of spaces says what one says
    return Address(name=name, addr=f"{local}{at}{domain.lower().rstrip('.')}")


def _unquoted(name: str) -> str:
    """Take the quotes around a name off, or the one that is left of them."""
    while name[:1] in ("'", '"') and name[:1] == name[-1:] and len(name) > 1:
        name = name[1:-1]
    return name.strip('"') if name.count('"') == 1 else name


class _List:
    """One pass over an address list, member by member."""

    def __init__(self, state: ParseState) -> None:
        self.state = state
        self.found: list[Address] = []
        self.pieces: list[_Piece] = []
        self.group = ""
        self.unclosed = False
        self.held: list[str] = []

    def parse(self, value: str) -> list[Address]:
        value = self._hold_words(one_line(value)) if "=?" in value else one_line(value)
        groups = value.count(";")
        at = 0
        while at < len(value) and len(self.found) < MAX_ADDRESSES:
            token = _TOKEN.match(value, at)
            if token is None:
                break
            at = token.end()
            if token[1] is not None:
                self.pieces.append(_Piece("quoted", token[1]))
            elif token[2] is not None:
                self.pieces.append(_Piece("angle", token[2]))
            elif token[3]:
                groups -= token[3] == ";"
                self._separate(token[3], groups > 0, at >= len(value))
            elif token[4] and not self.unclosed:
                at = self._skip_comment(value, at)
            elif token[0] == '"':
                at = self._unclosed_quote(value, at)
            elif token[5] and token[5] not in "<>()":
                self.pieces.append(_Piece("word", token[5]))
        if at < len(value):
            self.state.add("too_many_addresses", f"more than {MAX_ADDRESSES}")
        else:
            self._finish()
        return self.found[:MAX_ADDRESSES]

    def _hold_words(self, value: str) -> str:
        out: list[str] = []
        at = 0
        word = WORD_BEGIN.search(value)
        while word is not None and len(self.held) < _MOST_HELD:
            end = value.find("?=", word.end())
            if end < 0:
                break
            out += [value[at : word.start()], f"\ue0f4{chr(0xE100 + len(self.held))}"]
            at = end + 2
            self.held.append(value[word.start() : at])
            word = WORD_BEGIN.search(value, at)
        return "".join([*out, value[at:]])

    def _free(self, text: str) -> str:
        """Put the encoded words back."""
        return _HELD.sub(lambda found: self._word(ord(found[1]) - 0xE100), text) if self.held else text

    def _word(self, number: int) -> str:
        return self.held[number] if number < len(self.held) else ""

    def _separate(self, mark: str, grouped: bool, last: bool) -> None:
        if mark != ":":
            self._finish()
            self.group = "" if mark == ";" else self.group
            return
        before = "".join(piece.text for piece in self.pieces if piece.kind == "word").strip()
        if (grouped or last) and before.lower() != "mailto":
            self._open_group()
        else:
            self.pieces.append(_Piece("word", ":"))

    def _open_group(self) -> None:
        """Drop a group's name, unless it shows an address: then it is shown with the first member."""
        shown = "".join(f"<{piece.text}>" if piece.kind == "angle" else piece.text for piece in self.pieces).strip()
        self.group = shown if "@" in shown else ""
        self.pieces.clear()

    def _skip_comment(self, value: str, at: int) -> int:
        depth, start = 1, at
        for paren in _PAREN.finditer(value, at):
            depth += {"(": 1, ")": -1}.get(paren.group(), 0)
            if not depth:
                self.pieces.append(_Piece("comment", value[start : paren.start()]))
                return paren.end()
        self.unclosed = True  # searched once only
        self.state.add("unclosed_comment")
        return at

    def _unclosed_quote(self, value: str, at: int) -> int:
        """Take the rest as one member: a quote that is never closed must not make several senders."""
        rest = value[at:]
        inner = _IN_ANGLES.search(rest)
        if inner and "@" in inner[1]:
            self.pieces.append(_Piece("angle", inner[1]))
            rest = f"{rest[: inner.start()].rstrip()}{rest[inner.end() :]}"
            self.pieces.append(_Piece("word", rest))
        else:
            self.pieces.append(_Piece("word", rest))
        return len(value)

    def _finish(self) -> None:
        pieces, self.pieces = self.pieces, []
        if not pieces:
            return
        specs = [spec for piece in pieces if piece.kind == "angle" for spec in specs_in(piece.text)]
        name = "" if specs else None
        if name is None:
            specs, name = _bare(pieces)
        else:
            specs += _beside(pieces)
            name = " ".join(
                filter(None, (_shown(piece).strip() for piece in pieces if piece.kind in ("quoted", "word")))
            )
        comment = next((piece.text for piece in pieces if piece.kind == "comment"), "")
        if any(map(_is_odd, specs)) and not any(piece.kind == "angle" for piece in pieces):
            self.state.add("ambiguous_address", specs[0])
            specs, name = (
                [],
                " ".join(filter(None, (_shown(piece).strip() for piece in pieces if piece.kind != "comment"))),
            )
        name = self._free(name) or self._free(comment)
        if specs and "@" in comment and comment not in name and any(piece.kind == "angle" for piece in pieces):
            name = f"{name} ({self._free(comment)})"
        if not specs and "@" not in name and _is_remark(pieces, name):
            return
        specs = list(dict.fromkeys(map(self._free, specs)))
        specs = [spec for spec in specs if not spec.endswith("@")] or specs
        if self.group and specs:
            name, self.group = f"{name} {self._free(self.group)}".strip(), ""
        if len(specs) > 1 or any(without_comments(spec).count("@") > 1 for spec in specs):
            self.state.add("ambiguous_address", name or specs[0])
        for number, spec in enumerate(specs or ([""] if name else [])):
            self.found.append(_address(name if number == 0 else "", spec, self.state))


def _is_odd(spec: str) -> bool:
    literal = "@[" in spec  # RFC 5322 3.4.1 domain-literal
    return bool(_ODDLY.search(spec)) or spec[:1] in ("[", "{") or (spec[-1:] in ("]", "}") and not literal)


def _is_remark(pieces: list[_Piece], name: str) -> bool:
    """Return whether a member without an address is a comment alone, or the quoted name of a group that has none."""
    words = any(piece.kind != "comment" and piece.text.strip() for piece in pieces)
    return not words or name.rstrip(" ;").endswith(":")


def _beside(pieces: list[_Piece]) -> list[str]:
    """Return whole addresses that stand behind one in angle brackets: some programs show those, and some servers check them."""
    first = next(number for number, piece in enumerate(pieces) if piece.kind == "angle")
    behind = (_shown(piece).strip() for piece in pieces[first:] if piece.kind != "angle")
    return [text for text in behind if _WHOLE.fullmatch(text)]


def _shown(piece: _Piece) -> str:
    return _ESCAPE.sub(r"\1", piece.text) if piece.kind == "quoted" else piece.text


def _bare(pieces: list[_Piece]) -> tuple[list[str], str]:
    """Read a member without angle brackets: its addresses, and the words around them."""
    text = "".join(
        f'"{piece.text}"' if piece.kind == "quoted" else piece.text
        for piece in pieces
        if piece.kind in ("quoted", "word")
    )
    specs = specs_in(text, strict=True)
    if specs:
        return specs, ""
    words: list[str] = []
    found: list[str] = []
    for piece in pieces:
        if piece.kind in ("quoted", "word"):
            for word in _shown(piece).split():
                (found if "@" in word else words).append(word.strip("<>"))
    whole = [word for word in found if _WHOLE.fullmatch(word)]
    return [spec for word in (whole or found[-1:]) for spec in specs_in(word)], " ".join(words)
