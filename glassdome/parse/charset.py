"""Bytes to text (RFC 2045 charset), whatever the label says: wrong labels, unknown labels, none, mojibake."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache, partial

from glassdome.parse.charset_labels import LABELS
from glassdome.parse.codecs_of_mail import decode_as, looks_like_iso_2022
from glassdome.parse.state import ParseState

__all__ = ["decode", "is_of"]

#: A label with something behind it: `utf-8 (Plain text)`, `iso-8859-1;format=flowed`.
_FIRST_WORD = re.compile(r"[\s;,(\"']")
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_FOLDED = {_NOT_ALNUM.sub("", label): codec for label, codec in reversed(LABELS.items())}
_STATEFUL = ("iso-2022", "iso2022", "utf-16", "utf-32", "utf-7", "utf_7", "utf_16", "utf_32", "hz")
_BOM_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32")
#: Decodes half of a surrogate pair to half of a pair, which no text may hold.
_HALVES = "utf-7"
_SURROGATE = re.compile("[\ud800-\udfff]")
_MULTIBYTE = ("gb18030", "cp949", "cp932", "big5", "euc-jp", "johab", *_STATEFUL)
#: Codecs of Python that are no character sets.
_NO_CHARSET = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
#: One UTF-8 sequence read as windows-1252 or latin-1: lead byte, then continuation bytes.
_TAIL = "".join(
    sorted({bytes([b]).decode("cp1252", "ignore") for b in range(0x80, 0xC0)} | {chr(b) for b in range(0x80, 0xC0)})
)
_CLASS = f"[{re.escape(_TAIL)}]"
_MOJIBAKE = re.compile(f"[\u00c2-\u00df]{_CLASS}|[\u00e0-\u00ef]{_CLASS}{{2}}|[\u00f0-\u00f4]{_CLASS}{{3}}")
_WESTERN_MOJIBAKE = re.compile(f"[\u00c2\u00c3]{_CLASS}|\u00e2[\u20ac\u0080]{_CLASS}|\u00ef\u00bb\u00bf")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_SUSPECT = re.compile("[\u00c2\u00c3\u00d0\u00d1\u00e2-\u00ef\u00f0]" + _CLASS)
#: What mojibake mends to: letters of living scripts, punctuation, currency, emoji. "\u00e0\u00a0\u00ab" is French, not Samaritan.
_PLAUSIBLE = re.compile(
    "[\u0080-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u1e00-\u1eff\u2010-\u2044\u20ac\u2122\u2190-\u27bf\u3000-\u9fff\uac00-\ud7a3\ufeff\ufffd\U0001f300-\U0001faff]"
)
#: Japanese text that cannot be of the one charset is of the other.
_COUSINS = {"euc-jp": "cp932", "cp932": "euc-jp"}
#: Tried in this order where statistics say nothing; the last one accepts almost anything.
_EAST_ASIAN = ("cp932", "euc_jp", "cp949", "big5", "gb18030")
_TAGS = re.compile(rb"<[^<>]*>")
_UTF8 = ("utf-8", "ascii", "")
_HIGH = bytes(range(0x80, 0x100))
_LETTERS = bytes(range(65, 91)) + bytes(range(97, 123))
_UNDEFINED = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_POINTS, _HEBREW = bytes(range(0xC0, 0xE0)), bytes(range(0xE0, 0xFB))
#: High bytes below which statistics are guesswork.
_ENOUGH = 12
#: Bytes used to guess a charset; more text does not change the guess.
_SAMPLE = 4096


def decode(data: bytes, label: str, state: ParseState) -> str:
    """Decode text of the charset `label` (any case, may be wrong, unknown or empty); never fails."""
    codec = _codec(label)
    if codec is None:
        state.add("unknown_charset", label)
    if codec and codec.startswith(_WIDE) and data.isascii() and b"\0" not in data:
        codec = "ascii"  # the label is wrong: such text has zeros
    if not (codec or "").startswith(_STATEFUL):
        if data.isascii():
            if b"\x1b" not in data or not looks_like_iso_2022(data):
                return data.decode("ascii")
            codec = "iso-2022-kr" if b"\x1b$)C" in data else "iso-2022-jp"
        elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            codec = "utf-16"
        elif data.startswith(codecs.BOM_UTF8):
            codec, data = "utf-8", data.removeprefix(codecs.BOM_UTF8)
    if codec == "utf-16" and not data.startswith(_BOM_16) and data[::2].count(0) > data[1::2].count(0):
        codec = "utf-16-be"  # RFC 2781 4.3
    text = _decode(data, codec or "", state)
    if codec == _HALVES:
        text = _SURROGATE.sub("\ufffd", text)
    return _mend(text, state) if _SUSPECT.search(text) else text


def is_of(data: bytes, label: str) -> bool:
    """Return whether the bytes are whole text of that charset, where it is one whose bytes can be wrong."""
    codec = _codec(label)
    if not codec or (not codec.startswith(_MULTIBYTE) and codec not in _UTF8):
        return False
    try:
        decode_as(data, codec, strict=True)
    except (UnicodeError, ValueError):
        return False
    return True


@lru_cache(maxsize=512)
def _codec(label: str) -> str | None:
    """Return the codec for a label: an empty string for none given, None for an unknown one."""
    label = label.strip(" \t\r\n\f\"'").lower()[:80]
    for known in (label, _FIRST_WORD.split(label, maxsplit=1)[0]):
        if not known or known in LABELS:
            return LABELS.get(known, "")
        folded = _NOT_ALNUM.sub("", known)
        if folded in _FOLDED:
            return _FOLDED[folded]
    return _of_python(label) or _of_python(label.removeprefix("x-").removeprefix("cs").replace("windows", "cp"))


def _of_python(label: str) -> str | None:
    """Return the codec of Python's own aliases, where it is a charset."""
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    name = info.name
    if name in _NO_CHARSET or not getattr(info, "_is_text_encoding", True):
        return None
    return LABELS.get(name.replace("_", "-"), name)


def _decode(data: bytes, codec: str, state: ParseState) -> str:
    unshifted = codec.startswith("iso-2022") and b"\x1b" not in data and not data.isascii()
    single_byte = unshifted or not codec.startswith(_MULTIBYTE)
    if single_byte:  # text in a single-byte charset is practically never valid UTF-8
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if codec not in _UTF8:
                state.add("wrong_charset", f"{codec} is utf-8")
            return text
    if codec not in _UTF8 and not (codec == "cp1252" and _is_not_western(data)):
        try:
            return decode_as(data, codec, strict=True)
        except (UnicodeError, ValueError):
            state.add("wrong_charset", codec)
            return decode_as(data, codec, strict=False) if single_byte else _other(data, codec)
    state.add("wrong_charset", codec or "none")
    return _guess(data)


def _other(data: bytes, codec: str) -> str:
    """Read bytes that are damaged in their multi-byte charset, or in another one."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        cousin = _COUSINS.get(codec)
        if cousin and is_of(data, cousin):
            return decode_as(data, cousin, strict=False)
        shift_states = codec.startswith("iso-2022") and b"\x1b" not in data
        return _guess(data) if shift_states else decode_as(data, codec, strict=False)


def _guess(data: bytes) -> str:
    """Read bytes without a usable label: damaged UTF-8, a western charset, or what statistics say."""
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") * 8 <= len(data) - len(text):
        return text  # most of the sequences are whole
    codec = _statistical(_TAGS.sub(b"", data[: 4 * _SAMPLE])[:_SAMPLE]) if _is_not_western(data) else "cp1252"
    return decode_as(data, LABELS.get(codec.replace("_", "-"), codec), strict=False)


def _is_not_western(data: bytes) -> bool:
    """Western text has one accent in twenty letters, and none of the five bytes windows-1252 leaves out."""
    sample = _TAGS.sub(b"", data[: 4 * _SAMPLE])[:_SAMPLE]
    high = len(sample) - len(sample.translate(None, _HIGH))
    letters = len(sample) - len(sample.translate(None, _LETTERS))
    return (high >= _ENOUGH and high * 3 > letters) or len(sample.translate(None, _UNDEFINED)) != len(sample)


def _statistical(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # slow to import, needed by one mail in a thousand

    candidates = [
        "cp1251",
        "koi8_r",
        "gb18030",
        "cp932",
        "cp949",
        "big5",
        "euc_jp",
        "cp1253",
        "cp1255",
        "cp1256",
        "cp874",
    ]
    best = from_bytes(sample, cp_isolation=candidates, steps=3, chunk_size=512).best()
    if (
        best
        and best.encoding == "cp1255"
        and len(sample.translate(None, _POINTS)) < len(sample.translate(None, _HEBREW))
    ):
        return "koi8_r"  # Hebrew has more letters than points
    return best.encoding if best else next(filter(partial(_fits, sample), _EAST_ASIAN), "cp1252")


def _fits(sample: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(sample)  # the sample may end within a character
    except UnicodeDecodeError:
        return False
    return True


def _mend(text: str, state: ParseState) -> str:
    """Undo UTF-8 that was once read as windows-1252, at most twice, sequence by sequence.

    Sequences of western letters and punctuation are unmistakable. All others are undone only where they make up
    most characters outside ASCII.
    """
    for _ in range(2):
        others = sum(found.end() - found.start() for found in _MOJIBAKE.finditer(text))
        pattern = _MOJIBAKE if 2 * others > _NOT_ASCII.subn("", text)[1] else _WESTERN_MOJIBAKE
        mended = pattern.sub(_sequence, text)
        if mended == text:
            break
        state.add("mojibake")
        text = mended
    return text


def _sequence(found: re.Match[str]) -> str:
    wrong = found.group()
    raw = bytearray()
    for char in wrong:
        try:
            raw += char.encode("cp1252")
        except UnicodeEncodeError:
            raw += char.encode("latin-1", "replace")
    try:
        mended = raw.decode("utf-8")
    except UnicodeDecodeError:
        return wrong
    return mended if _PLAUSIBLE.match(mended) else wrong
