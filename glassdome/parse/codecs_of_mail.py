"""Decodes bytes as the WHATWG indexes say where Python's codecs differ, and ISO-2022 as mail programs read it."""

from __future__ import annotations

import codecs
import re
from typing import Final

from glassdome.parse.charset_labels import BIG5, BIG5_MISSING, EUC_JP, GB18030, KOI8_U

__all__ = ["decode_as", "looks_like_iso_2022"]

_Decoded = tuple[str, int]
_BIG5_MORE: Final = {bytes.fromhex(item[:4]): item[4:] for item in BIG5_MISSING.split()}
#: Both stand in Python's table as other characters, which also have codes of their own.
_BIG5_AMBIGUOUS: Final = (b"\xa2\x41", b"\xa2\x42")
_BIG5_PAIR: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]|[\s\S]")


def _swapped(pairs: str) -> dict[int, str]:
    return {ord(before): after for before, after in zip(pairs[::2], pairs[1::2], strict=True)}


_BIG5, _EUC_JP, _GB18030, _KOI8_U = map(_swapped, (BIG5, EUC_JP, GB18030, KOI8_U))
#: Designations of ISO/IEC 2022 that mail has (RFC 1468, 1554, 1557, 1922, 2237): escape sequence, then its charset.
_ESCAPE: Final = re.compile(rb"\x1b(\$\([@ABCDOPQ]|\$[@ABCO]|\$\)[ACEG]|\$\*H|\([ABHIJ]|\.[AF]|N[\s\S])|([\x0e\x0f])")
_WIDE: Final = {
    b"$@": "euc-jp",
    b"$B": "euc-jp",
    b"$(@": "euc-jp",
    b"$(B": "euc-jp",
    b"$(D": "jisx0212",
    b"$A": "gb18030",
    b"$(A": "gb18030",
    b"$C": "cp949",
    b"$(C": "cp949",
    b"$(O": "euc_jis_2004",
    b"$(Q": "euc_jis_2004",
    b"$(P": "jisx0213-2",
    b"(I": "kana",
    b"(J": "roman",
}
#: What SO shifts to (RFC 1557, 1922): the charset that was designated last.
_SHIFTED: Final = {b"$)C": "cp949", b"$)A": "gb18030", b"$)E": "gb18030"}
_UP: Final = bytes(code + 0x80 if 0x21 <= code <= 0x7E else code for code in range(256))
_PAIRS: Final = re.compile(rb"[\xa1-\xfe]{2}")
_ISO_2022_TEXT: Final = re.compile(
    rb"\x1b\$[@B](?:[\x21-\x7e]{2})+(?:\x1b\([BJ]|\r?\n|$)|\x1b\(I[\x21-\x5f]+\x1b\([BJ]|\x1b\$\)C"
)


def decode_as(data: bytes, codec: str, *, strict: bool) -> str:
    """Decode by a codec of `charset_labels`; raises UnicodeDecodeError only where `strict`."""
    how = "strict" if strict else "replace"
    if codec == "big5":
        return _big5(data, strict)
    if codec == "euc-jp":
        return data.replace(b"\x8f\xa2\xb7", b"\xa1\xc1").decode("euc_jp", f"glassdome.jis.{how}").translate(_EUC_JP)
    if codec == "gb18030":
        return data.decode("gb18030", f"glassdome.gb.{how}").translate(_GB18030)
    if codec.startswith("iso-2022-"):
        return _iso_2022(
            data, strict, "cp949" if codec.endswith("kr") else "kana" if codec.endswith("jp") else "gb18030"
        )
    if codec == "koi8-u":
        return data.decode(codec, how).translate(_KOI8_U)
    if not strict and codec.startswith(("cp125", "cp874")):
        how = "glassdome.hebrew" if codec == "cp1255" else "glassdome.c1"
    return data.decode(codec, how)


def looks_like_iso_2022(data: bytes) -> bool:
    """Return whether 7-bit text without a fitting label switches to Japanese or Korean in the way of ISO-2022."""
    return b"\x1b" in data and bool(_ISO_2022_TEXT.search(data))


def _big5(data: bytes, strict: bool) -> str:
    how = f"glassdome.big5.{'strict' if strict else 'replace'}"
    if not any(code in data for code in _BIG5_AMBIGUOUS):
        return data.decode("big5hkscs", how).translate(_BIG5)
    pieces = _BIG5_PAIR.findall(data)
    return "".join(_BIG5_MORE.get(piece) or piece.decode("big5hkscs", how).translate(_BIG5) for piece in pieces)


def _iso_2022(data: bytes, strict: bool, shifted: str) -> str:
    """Read segment by segment. A line end does not end a double-byte segment, since broken senders forget the escape."""
    out: list[str] = []
    at, charset, before = 0, "", ""
    for found in _ESCAPE.finditer(data):
        out.append(_segment(data[at : found.start()], charset, strict))
        at = found.end()
        escape, shift = found[1], found[2]
        if shift:
            charset, before = (shifted, charset) if shift == b"\x0e" else (before, "")
        elif escape in _SHIFTED:
            shifted = _SHIFTED[escape]
        elif escape[:1] not in (b".", b"N") and escape != b"$*H":
            charset = _WIDE.get(escape, "")
    out.append(_segment(data[at:], charset, strict))
    return "".join(out)


def _segment(data: bytes, charset: str, strict: bool) -> str:
    if not charset:
        return _plain(data, strict)
    if charset == "roman":
        return _plain(data, strict).replace("\\", "¥").replace("~", "‾")
    if b"\n" in data and (lines := _until_line_end(data, charset)):
        return lines
    wide = data.translate(_UP)
    if charset == "kana":
        return decode_as(wide, "cp932", strict=strict)
    if charset in ("jisx0212", "jisx0213-2"):
        wide = _PAIRS.sub(lambda pair: b"\x8f" + pair.group(), wide)
        charset = "euc-jp" if charset == "jisx0212" else "euc_jis_2004"
    return decode_as(wide, charset, strict=strict)


def _until_line_end(data: bytes, charset: str) -> str:
    """Read text whose escape back to ASCII got lost: it holds to the end of its line (RFC 1468); empty if none is lost."""
    try:
        _segment(data.replace(b"\n", b"").replace(b"\r", b""), charset, True)
        return ""
    except UnicodeError:
        head, _, rest = data.partition(b"\n")
        return "\n".join((_segment(head.rstrip(b"\r"), charset, False), _plain(rest, False)))


def _plain(data: bytes, strict: bool) -> str:
    """ASCII, with the half-width kana that CP50220's relatives leave in eight bits."""
    return data.decode("ascii") if data.isascii() else decode_as(data, "cp932", strict=strict)


def _missing_big5(error: UnicodeError) -> _Decoded:
    assert isinstance(error, UnicodeDecodeError)
    pair = bytes(error.object[error.start : error.start + 2])
    if pair in _BIG5_MORE:
        return _BIG5_MORE[pair], error.start + 2
    raise error


def _missing_jis(error: UnicodeError) -> _Decoded:
    """Read a code of the NEC and IBM rows, which stand in CP932 at the same place of the index."""
    assert isinstance(error, UnicodeDecodeError)
    pair = bytes(error.object[error.start : error.start + 2])
    if len(pair) == 2 and min(pair) >= 0xA1 and max(pair) <= 0xFE:
        row, cell = divmod((pair[0] - 0xA1) * 94 + pair[1] - 0xA1, 188)
        code = bytes([row + (0x81 if row < 0x1F else 0xC1), cell + (0x40 if cell < 0x3F else 0x41)])
        try:
            return code.decode("cp932"), error.start + 2
        except UnicodeDecodeError:
            pass
    raise error


def _missing_gb(error: UnicodeError) -> _Decoded:
    """Read the euro sign of windows-936, which the standard's decoder has too."""
    assert isinstance(error, UnicodeDecodeError)
    if error.object[error.start] == 0x80:
        return "\u20ac", error.start + 1
    raise error


def _c1(error: UnicodeError) -> _Decoded:
    """Read a byte that windows-125x leaves out as the control character of its number, as the indexes do."""
    assert isinstance(error, UnicodeDecodeError)
    code = error.object[error.start]
    return chr(code) if code < 0xA0 else "\ufffd", error.start + 1


def _hebrew(error: UnicodeError) -> _Decoded:
    """Windows-1255 has one letter more in the standard's index than in Python's codec."""
    assert isinstance(error, UnicodeDecodeError)
    return ("\u05ba", error.start + 1) if error.object[error.start] == 0xCA else _c1(error)


def _or_replace(error: UnicodeError) -> _Decoded:
    """Replace the byte, or the pair where its second is no ASCII (Encoding Standard, "decoder error")."""
    assert isinstance(error, UnicodeDecodeError)
    second = error.object[error.start + 1 : error.start + 2]
    return "\ufffd", error.start + (2 if second and second[0] >= 0x80 and error.end - error.start > 1 else 1)


def _register() -> None:
    for name, missing in (("big5", _missing_big5), ("jis", _missing_jis), ("gb", _missing_gb)):

        def replace(error: UnicodeError, missing: object = missing) -> _Decoded:
            try:
                return missing(error)  # type: ignore[operator, no-any-return]
            except UnicodeDecodeError:
                return _or_replace(error)

        codecs.register_error(f"glassdome.{name}.strict", missing)
        codecs.register_error(f"glassdome.{name}.replace", replace)
    codecs.register_error("glassdome.c1", _c1)
    codecs.register_error("glassdome.hebrew", _hebrew)


_register()
