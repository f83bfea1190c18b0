"""A digest as a mail: text and HTML, in which every word of a stranger is masked, short, on one line and no link."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Final, TypeAlias

from glassdome.agents.digest.words import DigestWords, words_of
from glassdome.agents.masked import masked
from glassdome.core.limits import UNDO_LINK_DAYS
from glassdome.values.digest import Digest, DigestLine, DigestSection, DigestTopic

__all__ = ["UndoUrl", "WrittenDigest", "shown_line", "write"]

#: Returns the address that undoes the action of this id on the message at this place.
UndoUrl: TypeAlias = Callable[[int, str], str]
_SUBJECT_CHARS: Final = 100
_NOTE_CHARS: Final = 160
#: Control and format characters, with which a subject could turn the direction of the line or hide words.
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
#: A dot or an at sign inside a name: programs make links of names of hosts and of addresses.
_LINKING: Final = re.compile(r"(?<=\w)[.@](?=[^\W\d])")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDigest:
    """Subject and both bodies."""

    subject: str
    text: str
    html: str


def write(digest: Digest, language: str, undo_url: UndoUrl | None = None) -> WrittenDigest:
    """Return the mail; the subject line holds a number and no stranger's words.

    Without `undo_url` no line has a link, and the mail says where a move is undone.
    """
    words = words_of(language)
    count = sum(len(section.lines) + section.more for section in digest.sections)
    return WrittenDigest(
        subject=words.subject.format(count=count),
        text="\n".join([*(_text(section, words, undo_url) for section in digest.sections), f"-- \n{words.foot}\n"]),
        html="".join(
            [
                '<!DOCTYPE html><html><body style="font-family:sans-serif;line-height:1.4">',
                *(_html(section, words, undo_url) for section in digest.sections),
                f'<p style="color:#555">{escape(words.foot)}</p></body></html>',
            ]
        ),
    )


def _text(section: DigestSection, words: DigestWords, undo_url: UndoUrl | None) -> str:
    lines = [words.title(section.topic).upper()]
    for line in section.lines:
        head, note = shown_line(line, section.topic)
        lines.append(f"- {head}")
        if note:
            lines.append(f"  {note}")
        if url := _url(line, undo_url):
            lines.append(f"  {words.undo_this}: {url}")
    return "\n".join([*lines, *_ends(section, words, linked=undo_url is not None)]) + "\n"


def _html(section: DigestSection, words: DigestWords, undo_url: UndoUrl | None) -> str:
    items = []
    for line in section.lines:
        head, note = shown_line(line, section.topic)
        small = f"<br><small>{escape(note)}</small>" if note else ""
        url = _url(line, undo_url)
        undo = f'<br><a href="{escape(url)}">{escape(words.undo_this)}</a>' if url else ""
        items.append(f"<li>{escape(head)}{small}{undo}</li>")
    ends = "".join(f"<p>{escape(end)}</p>" for end in _ends(section, words, linked=undo_url is not None))
    return f"<h2>{escape(words.title(section.topic))}</h2><ul>{''.join(items)}</ul>{ends}"


def _url(line: DigestLine, undo_url: UndoUrl | None) -> str:
    return undo_url(line.action, line.message) if undo_url is not None and line.action is not None else ""


def _ends(section: DigestSection, words: DigestWords, *, linked: bool) -> list[str]:
    more = [words.more.format(count=section.more)] if section.more else []
    if section.topic is not DigestTopic.MOVED:
        return more
    links = [words.links.format(days=UNDO_LINK_DAYS)] if linked else []
    # Moves that are not listed are undone on their pages.
    return [*more, *links, *([words.undo] if more or not linked else [])]


def shown_line(line: DigestLine, topic: DigestTopic) -> tuple[str, str]:
    """Return the two lines of a mail or thread as the digest shows them; the second may be empty."""
    # The summary of a fraud is its lure once more.
    note = "" if topic is DigestTopic.FRAUD else _plain(line.note, _NOTE_CHARS)
    day = f"{line.day}: " if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", line.day) else ""
    subject, who = _plain(line.subject, _SUBJECT_CHARS) or "-", _plain(line.who, _SUBJECT_CHARS)
    return f"{day}{subject}{f' ({who})' if who else ''}", note


def _plain(text: str, most: int) -> str:
    one_line = " ".join(_INVISIBLE.sub(" ", text[: 4 * most]).split())
    short = masked(one_line)
    short = short if len(short) <= most else f"{short[: most - 1]}…"
    return _LINKING.sub(lambda found: f"[{found[0]}]", short.replace("://", " "))
