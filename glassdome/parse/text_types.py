"""Text that is not plain as it stands: text/enriched, format=flowed, text/calendar."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["STUFFED", "calendar_text", "enriched_text", "flowed_text", "joined_urls", "without_signature"]

#: Stands before a line that begins with `>` and is no quotation (RFC 3676 4.4), until the new text is found.
STUFFED = "\ue0f2"
_PARAM = re.compile(r"<param>[^<]{0,2000}</param>", re.IGNORECASE)
_COMMAND = re.compile(r"<<|<(/?[A-Za-z][A-Za-z0-9-]{0,59})>")
_LINE_BREAKS = re.compile(r"\n+")
_QUOTES = re.compile(r">+")
_BROKEN_URL = re.compile(
    r"<(?:URL:)?((?:https?|ftp)://[^\s<>]{1,2000}(?:[ \t]{0,20}\n[ \t]{0,20}[^\s<>]{1,2000}){1,9})>", re.I
)
_SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]{1,40}: [^\n]{0,200}\n){0,9}\n?", re.MULTILINE
)
_SIGNATURE = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----[ \t]*\n(?:(?!-----)[^\n]{0,200}\n){0,400}-----END PGP SIGNATURE-----[ \t]*\n?",
    re.MULTILINE,
)
_DASHED = re.compile(r"^- (?=-)", re.MULTILINE)
_FOLD = re.compile(r"\n[ \t]")
_PROPERTY = re.compile(r"([A-Za-z-]{1,40})((?:;[^:;\"\n]{1,200}(?:\"[^\"\n]{0,500}\")?){0,20}):(.*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?")
_SHOWN = ("SUMMARY", "DTSTART", "DTEND", "DUE", "LOCATION", "ORGANIZER", "URL", "COMMENT", "CONTACT", "DESCRIPTION")
_TAG = re.compile(r"<[^<>]{0,2000}>")
#: Events of one calendar that are read.
_MAX_LINES = 200


def enriched_text(text: str) -> str:
    """Read text/enriched (RFC 1896) or text/richtext (RFC 1341): commands out, one line break is a space."""
    text = _PARAM.sub("", text)
    text = _LINE_BREAKS.sub(lambda found: "\n" * (len(found.group()) - 1) or " ", text)
    return _COMMAND.sub(_command, text)


def _command(found: re.Match[str]) -> str:
    return {None: "<", "nl": "\n", "paragraph": "\n\n", "/paragraph": "\n\n", "lt": "<"}.get(
        found[1].lower() if found[1] else None, ""
    )


def flowed_text(text: str, *, delsp: bool) -> str:
    """Undo format=flowed (RFC 3676 4): stuffing out, lines of one paragraph joined, quotations written with `> `."""
    out: list[str] = []
    pieces: list[str] = []
    last = 0
    for raw in text.replace(STUFFED, "").split("\n"):
        quotes = _QUOTES.match(raw)
        depth = quotes.end() if quotes else 0
        line = raw[depth:].removeprefix(" ")
        if pieces and (depth != last or line in ("-- ", "")):
            _end(out, pieces, last)
        last = depth
        flows = line.endswith(" ") and line != "-- "
        pieces.append(line[:-1] if flows and delsp else line)
        if not flows:
            _end(out, pieces, depth)
    _end(out, pieces, last)
    return "\n".join(out)


def _end(out: list[str], pieces: list[str], depth: int) -> None:
    if not pieces:
        return
    line = "".join(pieces)
    line = line if line == "-- " else line.rstrip(" ")
    prefix = ">" * depth + " " if depth else STUFFED if line.startswith(">") else ""
    out.append(prefix + line if depth or prefix else line)
    pieces.clear()


def without_signature(text: str) -> str:
    """Take the armour of a clear-signed OpenPGP text off (RFC 9580 7); the words stay."""
    return _DASHED.sub("", _SIGNATURE.sub("", _SIGNED.sub("", text)))


def joined_urls(text: str) -> str:
    """Join a URL in angle brackets that was broken over lines (RFC 3986 appendix C)."""
    return _BROKEN_URL.sub(lambda found: "<" + "".join(found[1].split()) + ">", text) if "://" in text else text


def calendar_text(text: str) -> str:
    """Return what a mail program shows of an invitation (RFC 5545): title, time, place, who, description."""
    found: dict[str, list[str]] = {}
    lines = _FOLD.sub("", text).split("\n")
    inside: list[str] = []
    for line in lines[: 100 * _MAX_LINES]:
        entry = _PROPERTY.fullmatch(line)
        if entry is None:
            continue
        name, parameters, value = entry[1].upper(), entry[2], entry[3]
        if name == "BEGIN":
            inside.append(value.upper())
        elif name == "END":
            del inside[-1:]
        elif inside[-1:] and inside[-1] in ("VEVENT", "VTODO", "VJOURNAL") and value:
            _take(found, name, parameters, value)
    title = ["\n".join(found.get(name, [])) for name in _SHOWN[:-1]]
    body = "\n\n".join(found.get("DESCRIPTION", []) or found.get("X-ALT-DESC", []))
    return "\n".join(filter(None, title)) + (f"\n\n{body}" if body else "")


def _take(found: dict[str, list[str]], name: str, parameters: str, value: str) -> None:
    value = _ESCAPED.sub(lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], value)
    if name in ("DTSTART", "DTEND", "DUE"):
        value = _moment(value)
    elif name == "ORGANIZER":
        shown = re.search(r"CN=\"?([^\";:]{1,200})", parameters, re.IGNORECASE)
        address = re.sub(r"(?i)^mailto:", "", value)
        value = f"{shown[1]} <{address}>" if shown else address
    elif name == "X-ALT-DESC":
        value = unescape(_TAG.sub(" ", value))
    kept = found.setdefault(name, [])
    if value not in kept and len(kept) < _MAX_LINES:
        kept.append(value)


def _moment(value: str) -> str:
    stamp = _STAMP.match(value)
    if not stamp:
        return value
    clock = f" {stamp[4]}:{stamp[5]}" if stamp[4] else ""
    return f"{stamp[1]}-{stamp[2]}-{stamp[3]}{clock}{' UTC' if stamp[7] else ''}"
