"""What is new in a reply: quoted history and signature cut off, in the languages mail programs come in."""

from __future__ import annotations

import re

__all__ = ["new_text"]

#: The verb of "On <date>, <somebody> wrote:".
_WROTE = re.compile(
    "wrote|writes|schrieb|schreef|skrev|kirjoitti|a \u00e9crit|escribi\u00f3|escreveu|ha scritto|napisa\u0142|pisze|napsal"
    "|nap\u00edsal|\u00edrta|a scris|yazd\u0131|\u043f\u0438\u0448\u0435\u0442|\u043d\u0430\u043f\u0438\u0441\u0430\u043b|\u03ad\u03b3\u03c1\u03b1\u03c8\u03b5|\u0643\u062a\u0628|\u05db\u05ea\u05d1|\u5199\u9053|\u5beb\u9053|\u306e\u30e1\u30fc\u30eb|\uc791\uc131",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[./:\u5e74-]|\d{4}")
#: What makes a sentence with such a verb an attribution: a date or an address in it.
_DATED = re.compile(r"\d{1,4}[./:\u5e74-]|\d{4}|@|<")
_ORIGINAL = re.compile(
    "original (?:message|appointment)|urspr\u00fcngliche nachricht|originalnachricht|message d['\u2019]origine|mensaje original"
    "|mensagem original|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse"
    "|opprinnelig melding|alkuper\u00e4inen viesti|oryginalna wiadomo\u015b\u0107|wiadomo\u015b\u0107 oryginalna|p\u016fvodn\u00ed zpr\u00e1va"
    "|\u0438\u0441\u0445\u043e\u0434\u043d\u043e\u0435 \u0441\u043e\u043e\u0431\u0449\u0435\u043d\u0438\u0435|\u539f\u59cb\u90ae\u4ef6|\u539f\u59cb\u4fe1\u4ef6|\u5143\u306e\u30e1\u30c3\u30bb\u30fc\u30b8|\uc6d0\ubcf8 \uba54\uc2dc\uc9c0",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    "forwarded (?:message|by)|begin forwarded|weitergeleitete nachricht|anfang der weitergeleiteten|message transf\u00e9r\u00e9"
    "|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|vidarebefordrat|videresendt"
    "|\u043f\u0435\u0440\u0435\u0441\u043b\u0430\u043d\u043d\u043e\u0435 \u0441\u043e\u043e\u0431\u0449\u0435\u043d\u0438\u0435|\u8f6c\u53d1\u7684\u90ae\u4ef6",
    re.IGNORECASE,
)
#: The field names in the block Outlook puts above the mail it answers.
_FIELD = re.compile(
    r"\**(from|von|de|da|van|fr\u00e5n|fra|od|l\u00e4hett\u00e4j\u00e4|\u043e\u0442|\u53d1\u4ef6\u4eba|\u5dee\u51fa\u4eba|\ubcf4\ub0b8 \uc0ac\ub78c"
    r"|sent|gesendet|envoy\u00e9|enviado(?: el| em)?|inviato|verzonden|skickat|sendt|wys\u0142ano|odesl\u00e1no|l\u00e4hetetty"
    r"|\u043e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043e|\u53d1\u9001\u65f6\u95f4|\u9001\u4fe1\u65e5\u6642|date|datum|data|fecha|\u0434\u0430\u0442\u0430"
    r"|to|an|\u00e0|para|a|aan|till|til|do|komu|\u043a\u043e\u043c\u0443|\u6536\u4ef6\u4eba|\u5b9b\u5148|cc|kopie|subject|betreff|objet|asunto|assunto|oggetto"
    r"|onderwerp|\u00e4mne|emne|temat|p\u0159edm\u011bt|aihe|\u0442\u0435\u043c\u0430|\u4e3b\u9898|\u4ef6\u540d)\s?\**\s?[:\uff1a]",
    re.IGNORECASE,
)
#: One of them stands in every line that opens history.
_SIGN = re.compile("[:\uff1a_-]")
_DEVICE = re.compile(
    "(?:sent from|get outlook for|von meinem .{1,40} gesendet|gesendet (?:von|mit)|envoy\u00e9 (?:de|depuis)|enviado (?:desde|do|de)"
    "|inviato da|verstuurd vanaf|skickat fr\u00e5n|sendt fra|\u043e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043e \u0441).{0,80}$",
    re.IGNORECASE,
)
#: Lines of a signature; a longer block behind "-- " is text.
_LONGEST_SIGNATURE = 20
#: Characters of a line that can still be an attribution, alone or with the line before it.
_LONGEST_ATTRIBUTION = 300
#: Field lines in a row that make a header block.
_BLOCK_FIELDS = 3


def new_text(text: str) -> str:
    """Cut quoted history and signature out of `text`; all of it where nothing else would remain."""
    lines = text.split("\n")
    kept = _without_signature(_without_history(lines))
    if len(kept) == len(lines):
        return text
    return "\n".join(kept).strip() or text


def _without_history(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for number, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            kept.append(line)
            continue
        if bare[0] == ">":
            continue
        if (bare[0] == "-" or bare[-1] == ":") and _is_forward(bare):
            return kept + lines[number:]  # what is forwarded is the message
        if _SIGN.search(bare) and _opens_history(lines, number, bare):
            if kept and _DATE.search(kept[-1]) and _WROTE.search(bare) and not _DATE.search(bare):
                kept.pop()  # the attribution began one line higher
            if not _is_quoted_below(lines, number):
                return kept
            continue
        kept.append(line)
    return kept


def _is_forward(bare: str) -> bool:
    return len(bare) < _LONGEST_ATTRIBUTION and bool(_FORWARDED.search(bare))


def _opens_history(lines: list[str], number: int, bare: str) -> bool:
    if len(bare) > _LONGEST_ATTRIBUTION:
        return False
    if bare[-1] in ":\uff1a":
        before = lines[number - 1].strip()[-_LONGEST_ATTRIBUTION:] if number else ""
        if _WROTE.search(bare) and _DATED.search(f"{before} {bare}"):
            return True
    if bare[0] in "-_" and bare[-1] in "-_" and _ORIGINAL.search(bare):
        return True
    return (
        (":" in bare[:40] or "\uff1a" in bare[:40])
        and _FIELD.match(bare) is not None
        and _is_header_block(lines, number)
    )


def _is_header_block(lines: list[str], number: int) -> bool:
    names: set[str] = set()
    for line in lines[number : number + 8]:
        found = _FIELD.match(line.strip())
        if found:
            names.add(found[1].lower())
        elif line.strip() and not line[0].isspace() and ";" not in line:
            break
    return len(names) >= _BLOCK_FIELDS


def _is_quoted_below(lines: list[str], number: int) -> bool:
    return next((line.lstrip().startswith(">") for line in lines[number + 1 : number + 6] if line.strip()), False)


def _without_signature(lines: list[str]) -> list[str]:
    for number in range(max(0, len(lines) - _LONGEST_SIGNATURE), len(lines)):
        if lines[number].rstrip() == "--":  # RFC 3676 4.3
            return lines[:number]
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if end and _DEVICE.match(lines[end - 1].strip()):
        return lines[: end - 1]
    return lines
