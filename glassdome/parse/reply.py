"""Cut quoted history and signature off a reply, in the languages mail programs come in.

History opens with an attribution ("On <date>, <somebody> wrote:"), with a header block as Outlook writes it, or with
a line of dashes and a title. A form or a booking has lines like a header block; its other fields distinguish it
and by whether the mail is an answer at all. The words are in `data/replies.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from glassdome.parse.reply_words import REPLY_WORDS, Role, subject_mark

__all__ = ["Setting", "new_text"]

_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.h\u66c2\u70b9\uc2dc\u6642\u65f6]\s?\d{2}(?!\d)")
#: A whole date: in numbers, or a day and a year near each other.
_DATED = re.compile(
    r"(?<!\d)(?:\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{1,2}\D{1,20}\d{4}|\d{4}\D{1,20}\d{1,2})(?!\d)"
)
_ENDS_ATTRIBUTION = (":", "\uff1a", "\u17d6", "\u0589")
#: The Armenian verb ends its sentence with a full stop, Zoho's attribution with dashes.
_ENDS_ODDLY = re.compile(r"(?:\u0567[.:]|wrote -{2,}|wrote\.)$")
_DEVICE = re.compile(
    r"iphone|ipad|ipod|android|outlook|samsung|galaxy|huawei|xiaomi|redmi|oneplus|pixel|nokia|blackberry|yahoo|aol|gmail|proton"
    r"|tutanota|gmx|web\.de|mail\.ru|yandex|windows|smartphone|mobil|phone|handy|telefon|t\u00e9l\u00e9phone|tablet|ios\b|mac\b|m\u00f3vil"
    r"|\u043c\u043e\u0431\u0438\u043b|\u0442\u0435\u043b\u0435\u0444\u043e\u043d|\u624b\u673a|\u624b\u6a5f|\u643a\u5e2f|\ud734\ub300\ud3f0|\uc2a4\ub9c8\ud2b8\ud3f0|\u30e1\u30fc\u30eb",
    re.IGNORECASE,
)
#: What titles of history stand between: also the dashes of typography.
_DASHES: Final = "-_=*~\u2010\u2011\u2012\u2013\u2014\u2015\u2500"
_RULE = re.compile(r"[-_=*~\u2014\u2500]{3,200}\s{0,3}")
#: Characters around a field name or a sentence: bold in plain text, quotation marks, table borders.
_AROUND = "*_|\"'\u00a0 \t"
#: Lines of a signature; a longer block behind "-- " is text.
_LONGEST_SIGNATURE: Final = 20
#: Characters and lines of an attribution, and of its first part up to the date where it begins with it.
_LONGEST_ATTRIBUTION: Final = 300
_MOST_LINES: Final = 4
_DATE_WITHIN: Final = 14
#: Characters of a field name, and lines that a header block can have.
_LONGEST_NAME: Final = 32
_BLOCK_LINES: Final = 16
#: Lines examined closely, because they end in a colon or begin with a field's name; real mail has below 100.
_MOST_TRIES: Final = 500
#: Characters of what a device adds, a link included; and how many such lines.
_LONGEST_DEVICE: Final = 120
_MOST_DEVICES: Final = 3
#: Beginnings of such a line that need no device's name behind them.
_SENTENCES: Final = tuple(words for words in REPLY_WORDS.sent_from if " " in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Facts of the message other than its text.

    `is_reply`: it answers another one, by its fields or its subject; `is_forward`: its subject says so. `subject` is
    without marks, `own` are the addresses it comes from and answers go to.
    """

    is_reply: bool = True
    is_forward: bool = False
    subject: str = ""
    own: frozenset[str] = frozenset()


_UNKNOWN = Setting()


class _Tries:
    """The number of lines that may still be read closely."""

    def __init__(self) -> None:
        self.left = _MOST_TRIES

    def spend(self) -> bool:
        """Take one; return whether there was one."""
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True)
class _Block:
    """The fields of a header block; `is_form` where fields stand among them that no mail has."""

    roles: dict[Role, str]
    is_form: bool = False

    @property
    def author(self) -> str:
        found = _ADDRESS.search(self.roles.get("from", "")[:_LONGEST_ATTRIBUTION])
        return found[0].lower() if found else ""


def new_text(text: str, setting: Setting = _UNKNOWN) -> str:
    """Cut quoted history and signature out of `text`; all of it where nothing else would remain."""
    lines = text.split("\n")
    kept = _without_signature(_without_history(lines, setting))
    if len(kept) == len(lines):
        return text
    return "\n".join(kept).strip() or text


def _without_history(lines: list[str], setting: Setting) -> list[str]:
    kept: list[str] = []
    tries = _Tries()
    for number, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            kept.append(line)
            continue
        if bare[0] == ">" and not _closes_address(lines, number):
            continue
        if (bare[0] in _DASHES or bare[0] == "<" or bare[-1] in ":\uff1a-") and _is_forward(bare):
            return kept + lines[number:]  # a forwarded text is the message
        if taken := _attribution(lines, number, setting) if _may_attribute(bare) and tries.spend() else 0:
            for above in lines[number - taken + 1 : number]:
                if kept and kept[-1] == above:
                    kept.pop()
            if not _is_quoted_below(lines, number):
                return _without_rules(kept)
            continue
        if _is_titled(lines, number, bare) or (
            _is_named(bare) and tries.spend() and _is_header_block(lines, number, setting)
        ):
            if setting.is_forward:
                return kept + lines[number:]
            return _without_rules(kept)
        kept.append(line)
    return kept


def _closes_address(lines: list[str], number: int) -> bool:
    """Return whether the line's `>` ends an address that was broken over two lines, and quotes nothing."""
    above = lines[number - 1] if number else ""
    return above.rfind("<") > above.rfind(">") and "@" in above and ":" in lines[number]


def _is_forward(bare: str) -> bool:
    return len(bare) < _LONGEST_ATTRIBUTION and bool(REPLY_WORDS.forwarded.search(bare))


def _may_attribute(bare: str) -> bool:
    end = bare.rstrip(_AROUND)
    return end.endswith(_ENDS_ATTRIBUTION) or _ENDS_ODDLY.search(end[-12:]) is not None


def _attribution(lines: list[str], number: int, setting: Setting) -> int:
    """Return how many lines the attribution has that ends in this line; 0 where none does."""
    joined, quoted = "", _is_quoted_below(lines, number)
    for taken in range(1, _MOST_LINES + 1):
        above = lines[number - taken + 1].strip() if number - taken + 1 >= 0 else ""
        if not above or (above[0] == ">" and taken > 1) or len(above) + len(joined) > _LONGEST_ATTRIBUTION:
            return 0
        joined = f"{above} {joined}".strip(_AROUND)
        if _is_attribution(joined, quoted, setting):
            return taken + _begins_above(lines, number - taken + 1, joined)
    return 0


def _begins_above(lines: list[str], first: int, joined: str) -> int:
    """Return 1 where the line above is the attribution's first part: its date, where none has been found yet."""
    above = lines[first - 1].strip() if first else ""
    if not above or above[0] == ">" or len(above) + len(joined) > _LONGEST_ATTRIBUTION:
        return 0
    return int(not _DATED.search(joined) and bool(_DATED.search(above)) and above[-1] not in ".!?:")


def _is_attribution(text: str, quoted: bool, setting: Setting) -> bool:
    """Return whether `text` tells who wrote the mail below and when.

    Above quoted lines nearly anything of that shape does. Else the words must be those of a mail program, or the
    address, date and time in one sentence.
    """
    address, dated = "@" in text and _ADDRESS.search(text), _DATED.search(text)
    if not quoted and not address and not dated:
        return False
    wrote = REPLY_WORDS.wrote.search(text)
    if quoted and (wrote or address):
        return True
    if not dated:
        return bool(wrote and address)
    begins = dated.start() <= _DATE_WITHIN
    if not wrote and not address:
        return quoted
    clock = _CLOCK.search(text, dated.end()) or _CLOCK.search(text)
    if wrote and address:
        return True
    if wrote:
        return (setting.is_reply or begins) if clock else (setting.is_reply and begins)
    return bool(clock) and (setting.is_reply or begins)


def _is_titled(lines: list[str], number: int, bare: str) -> bool:
    """Return whether the line is a title between dashes, known by its words or by the field that follows."""
    if len(bare) > _LONGEST_ATTRIBUTION or bare[0] not in _DASHES or bare[-1] not in _DASHES:
        return False
    title = bare.strip(f"{_DASHES} \t")
    if not title or not any(map(str.isalpha, title)):
        return False
    if REPLY_WORDS.original.search(title):
        return True
    following = next((line for line in lines[number + 1 : number + 4] if line.strip()), "")
    return _RULE.match(bare) is not None and _field(following)[0] == "from"


def _field(line: str) -> tuple[Role | None, str, str]:
    """Return a field's role, name and value; no name where the line is none."""
    bare = line.strip(_AROUND)
    at = next((i for i, char in enumerate(bare[:_LONGEST_NAME]) if char in ":\uff1a"), 0)
    name = " ".join(bare[:at].strip(_AROUND).lower().split())
    if not name or bare[at + 1 : at + 3] == "//":
        return None, "", ""
    return REPLY_WORDS.roles.get(name), name, bare[at + 1 :].strip(_AROUND)


def _is_named(bare: str) -> bool:
    """Return whether the line begins with a field's name."""
    start = bare[:_LONGEST_NAME]
    return (":" in start or "\uff1a" in start) and _field(bare)[0] is not None


def _is_header_block(lines: list[str], number: int, setting: Setting) -> bool:
    block = _read_block(lines, number)
    roles = block.roles.keys()
    if "from" not in roles:
        return False
    if _is_ruled_off(lines, number):
        return len(roles) > 1
    is_mail = "subject" in roles and not roles.isdisjoint({"date", "to"})
    is_mail = is_mail or (roles >= {"from", "date", "to"} and bool(_ADDRESS.search(" ".join(block.roles.values()))))
    if not is_mail:
        return False
    if setting.is_reply or setting.is_forward:
        return not block.is_form or roles >= {"from", "date", "to", "subject"}
    return not block.is_form and _is_anothers_mail(block, setting)


def _is_anothers_mail(block: _Block, setting: Setting) -> bool:
    """Return whether a block in a mail that answers nothing is still history: of another author, or on its very subject."""
    if not block.author or block.author in setting.own:
        return False
    subject = subject_mark(block.roles.get("subject", ""))[1]
    if subject and subject.lower() == setting.subject.lower():
        return True
    return block.roles.keys() >= {"from", "date", "to", "subject"} and bool(_CLOCK.search(block.roles["date"]))


def _read_block(lines: list[str], number: int) -> _Block:
    above = lines[number - 1].strip() if number else ""
    block = _Block({}, is_form=bool(above) and _field(above)[0] is None and _names_value(above))
    gap = False
    for line in lines[number : number + _BLOCK_LINES]:
        if not line.strip():
            gap = True
            continue
        role, name, value = _field(line)
        if role is not None:
            block.roles.setdefault(role, value)
        elif name and (not gap or _ADDRESS.search(value)) and _names_value(line):
            # A copy in a language that is not known has an address too.
            block.is_form = block.is_form or not _ADDRESS.search(value)
        elif gap or not (line[0].isspace() or ";" in line or "@" in line or line.rstrip().endswith(",")):
            break
        gap = False
    return block


def _names_value(line: str) -> bool:
    """Return whether a line is `name: value` with a short name of words."""
    _, name, value = _field(line)
    return bool(name) and bool(value) and len(name.split()) <= 3 and not any(map(str.isdigit, name))


def _is_ruled_off(lines: list[str], number: int) -> bool:
    above = next((line.strip() for line in reversed(lines[max(0, number - 3) : number]) if line.strip()), "")
    return len(above) >= 10 and _RULE.fullmatch(above) is not None


def _is_quoted_below(lines: list[str], number: int) -> bool:
    return next((line.lstrip().startswith(">") for line in lines[number + 1 : number + 6] if line.strip()), False)


def _without_rules(kept: list[str]) -> list[str]:
    """Drop the empty lines and rules with which a mail program sets the history off."""
    end = len(kept)
    while end and (not (bare := kept[end - 1].strip()) or (len(bare) >= 5 and _RULE.fullmatch(bare))):
        end -= 1
    return kept[:end]


def _without_signature(lines: list[str]) -> list[str]:
    for number in range(max(0, len(lines) - _LONGEST_SIGNATURE), len(lines)):
        if lines[number].rstrip() == "--":  # RFC 3676 4.3
            return lines[:number]
    for _ in range(_MOST_DEVICES):
        end = len(lines)
        while end and not lines[end - 1].strip():
            end -= 1
        if not end or not _is_device(lines[end - 1].strip(_AROUND)):
            return lines
        lines = lines[: end - 1]
    return lines


def _is_device(bare: str) -> bool:
    """Return whether a line is what a device or a program adds: `Sent from my iPhone`."""
    if len(bare) > _LONGEST_DEVICE or not bare:
        return False
    text = bare.lower()
    if text.startswith(_SENTENCES):
        return True
    return any(map(text.__contains__, REPLY_WORDS.sent_from)) and _DEVICE.search(text) is not None
