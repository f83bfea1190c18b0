"""Places that a text names: routes from one to another, addresses, and what stands next to a word for a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from glassdome.engine.builtin.facts.amounts import CURRENCIES
from glassdome.engine.builtin.facts.lines import FactLabel, labels_in, line_around
from glassdome.engine.builtin.facts.said import said_in
from glassdome.values.fact import Fact

__all__ = ["place_facts"]

_CHARS: Final = 8_000
#: Facts of one kind given of one text.
_MOST: Final = 4
_LONGEST: Final = 100
#: Lines between the two ends of a journey.
_APART: Final = 2
_ARROWS: Final = ("→", "➔", "➜", "⟶", "->", "–>")
_ROUTE: Final = re.compile(
    r"(?<![\w>])(?P<a>[A-ZÄÖÜÉÀ][\w.'’() -]{1,38}?)\s{0,2}(?:→|➔|➜|⟶|->|–>)\s{0,2}(?P<b>[A-ZÄÖÜÉÀ][\w.'’() -]{1,38}\w)"
)
#: `HAJ - MUC`, alone or behind the names of the towns; and two stations with their times.
_AIRPORTS: Final = re.compile(
    r"\b(?P<a>[A-Z]{3})\)?\s{0,2}(?:-|–|—|to|nach|\|)\s{0,2}(?:[A-ZÄÖÜ][\w. ]{1,30}?\s\(?)?(?P<b>[A-Z]{3})\b"
)
_STATIONS: Final = re.compile(
    r"^(?P<a>[A-ZÄÖÜÉ][\w.()/ -]{1,38}?)\s(?:(?:ab|dep\.?|départ|part\.?|sal\.?)\s)?\d{1,2}[:.h]\d\d[^\n]{0,30}?\s(?:[-–—>]{1,2}|→)\s(?P<b>[A-ZÄÖÜÉ][\w.()/ -]{1,38}?)\s(?:(?:an|arr\.?|arrivée|lleg\.?)\s)?\d{1,2}[:.h]\d\d",
    re.MULTILINE,
)
#: Two ends with an hour behind each, and nothing between them: `DUB 07:25 LIS 10:15`.
_HOURS: Final = re.compile(
    r"(?:^|  )(?P<a>[A-ZÀ-Ž][\w.'’()/ -]{1,38}?)[ ]{1,2}\d{1,2}[:.h]\d\d[ ]{1,3}(?P<b>[A-ZÀ-Ž][\w.'’()/ -]{1,38}?)[ ]{1,2}\d{1,2}[:.h]\d\d(?=\s|$)",
    re.MULTILINE,
)
#: An address that is a line of its own: `Saltmarsh Hall, 5 Quayside, Maldon`.
_ADDRESS: Final = re.compile(
    r"(?:^|  |\| )(?P<v>(?:[A-ZÀ-Ž][\w'’.&-]{1,24}(?: [\w'’.&-]{1,24}){0,4}, )?(?:\d{1,4}[a-z]?,? [A-ZÀ-Ž][\w'’.-]{2,24}(?: [A-ZÀ-Ž][\w'’.-]{1,24}){0,3}|[A-ZÀ-Ž][\w'’.-]{2,24}(?: [\w'’.-]{2,24}){0,3} \d{1,4}[a-z]?), (?:[A-Z]{1,2}-)?(?:\d{2,5}[ -]?\d{0,3} )?[A-ZÀ-Ž][\w'’.-]{2,24}(?: [\w'’.-]{2,24}){0,2}(?: [A-Z0-9]{2,4} [A-Z0-9]{3})?)(?=$|  | \|)",
    re.MULTILINE,
)
#: Stops of a table, each with the day and the word for leaving or reaching it: `Dresden Hbf  11.12.  ab 09:10`.
_STOPS: Final = re.compile(
    r"^(?P<a>[A-ZÀ-Ž][\w.'’()/ -]{1,38}?)  [^\n]{0,40}\b(?:ab|dep|départ|part|sal|odj|vertrek)\.?\s\d{1,2}[:.h]\d\d[^\n]{0,40}\n(?P<b>[A-ZÀ-Ž][\w.'’()/ -]{1,38}?)  [^\n]{0,40}\b(?:an|arr|arrivée|lleg|příj|przyj|aank\w*)\.?\s\d{1,2}[:.h]\d\d",
    re.MULTILINE,
)
#: A title that is a journey, in a text that knows seats or departures: `York to Newcastle`.
_TITLE: Final = re.compile(
    r"^(?P<a>[A-ZÀ-Ž][\w.'’()-]{1,24}(?: [A-ZÀ-Ž][\w.'’()-]{0,24}){0,3}) (?:to|nach|naar) (?P<b>[A-ZÀ-Ž][\w.'’()-]{1,24}(?: [A-ZÀ-Ž][\w.'’()-]{0,24}){0,3})$",
    re.MULTILINE,
)
#: Two airports by their codes in one line: `Edinburgh (EDI) Porto (OPO)`.
_CODED: Final = re.compile(r"\((?P<a>[A-Z]{3})\)[^()\n]{0,40}\((?P<b>[A-Z]{3})\)")
_AIRPORT: Final = re.compile(r"(?:^|[\s(])([A-Z]{3})\)?$")
_STREET: Final = re.compile(
    r"(?P<v>(?:[A-ZÄÖÜÉ][\w'’.-]{1,30}, )?(?:(?:\d{1,4}[a-z]?\s(?:[A-Z][\w'’.-]{1,20} ){1,3}(?:Street|St|Road|Rd|Lane|Avenue|Ave|Drive|Square|Way|Court|Place|Parade|Terrace|Gardens|Close|Crescent|Hill|Row|Mews|Quay)\b)"
    r"|(?:Kai \d{1,3}\b)|(?:(?:Via|Viale|Piazza|Corso|Rua|Avenida|Calle|Plaza|Paseo|Rue|Place|Boulevard|Allée|Chemin|Quai|Am|An der|Auf dem|Im|Zum) (?:[\w'’.-]{1,20} ){1,3}\d{1,4}[a-z]?\b)"
    r"|(?:\d{1,4}(?: ?bis)?,?\s(?:rue|avenue|boulevard|place|chemin|quai|allée) (?:[\w'’.-]{1,20} ?){1,4}\b)"
    r"|(?:[A-ZÄÖÜÉ][\w'’.-]{0,24} ?(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|straat|laan|plein|gracht|Lane|Road|Street|Avenue|Square|Wharf) \d{1,4}[a-z]?\b))"
    r"(?:, (?:[A-Z]{1,2}-)?(?:\d{4,5} )?[A-ZÄÖÜÉ][\w'’.-]{1,25}(?: [A-Z][\w'’.-]{1,25})?| ?\n ?\d{4,5} [A-ZÄÖÜÉ][\w'’.-]{1,25})?)"
)
#: A place behind a date and an hour: `14. Juni 2025, 15 Uhr, Gartenhaus`.
_BEHIND_HOUR: Final = re.compile(
    r"(?:\d{1,2}[:.h]\d\d(?:\s?(?:Uhr|h))?|\d{1,2}\s?(?:Uhr|heures|h|uur|am|pm))(?:\s?[-–]\s?\d{1,2}[:.h]?\d{0,2}(?:\s?Uhr)?)?,\s(?:(?:im|in|at|au|à la|en|nel|presso|op)\s)?(?P<v>[A-ZÄÖÜÉ][^\n;!?]{2,80}?)\.?\s*$",
    re.MULTILINE,
)
#: A name ends before the day or the hour that follows it.
_WEEKDAYS: Final = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    "lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    "mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|gio|sab|dom|ma|wo|vr|za|zo|pon|czw|st|čt|pá|ne|po|út"
)
_THEN: Final = re.compile(
    rf"[\s,;(–-]{{1,6}}(?:(?i:at|um|à|alle|ore|om|v|o)\s)?(?:\d{{1,2}}[:.h]\d\d|\d{{1,2}}\s?(?:Uhr|h|am|pm|uur)\b).*"
    rf"|[\s,;(–-]{{1,6}}(?:(?i:{_WEEKDAYS}|am|le|el|il|op)\b\.?,?\s){{0,2}}(?:\d{{1,2}}[./-]\s?\d{{1,2}}[./-]|\d{{1,2}}\.?\s\w{{3,}}\.?\s\d{{4}}|\d{{4}}-\d\d).*"
)
_NAME: Final = re.compile(
    r"(?=[^\n]{2,100}$)(?:[A-ZÀ-Ž\u0370-\uffff\"„“«]|\d{1,4}[a-z]?,?\s(?:bis\s)?[A-Za-zÀ-ž])[^\n@<>]*$"
)
#: A word of four letters and more without a capital is no part of a name, but for words of streets.
_SENTENCE: Final = re.compile(
    r"(?<![\w'’])(?!(?:avenue|boulevard|place|chemin|quai|allée|calle|plaza|paseo|ulica|ulice|strada|piazza|viale|corso|praça|náměstí|chez|presso|floor|étage|piso|piano)\b)[a-zà-ž]{4,}"
)
_SIGNS: Final = " :：*•.,;–-\t"


def place_facts(whole: str, near: str, where: str) -> Iterator[Fact]:
    """Yield routes and addresses, of the `whole` text or of its lines `near` digits."""
    whole, near = whole[:_CHARS], near[:_CHARS]
    values: dict[str, str] = {}
    for route, evidence in (*_routes(whole, near), *_journeys(whole)):
        values.setdefault(route, evidence)
    for place, evidence in _places(whole, near):
        if not any(place in known for known in values):
            values.setdefault(place, evidence)
    for place, evidence in list(values.items())[:_MOST]:
        yield Fact(type="place", value=place, where=where, evidence=evidence)


def _routes(whole: str, near: str) -> Iterator[tuple[str, str]]:
    routed = whole if any(map(whole.__contains__, _ARROWS)) else ""
    titled = whole if any(label.said for _, label in labels_in(near, "seat")) else ""
    for text, pattern in (
        (routed, _ROUTE),
        (near, _STATIONS),
        (near, _HOURS),
        (near, _STOPS),
        (titled, _TITLE),
        (whole, _AIRPORTS),
        (whole, _CODED),
    ):
        for match in pattern.finditer(text):
            ends = [" ".join(match[name].split()) for name in ("a", "b")]
            if CURRENCIES.isdisjoint(ends):
                yield " → ".join(ends), line_around(text, match)


def _journeys(text: str) -> Iterator[tuple[str, str]]:
    """Yield the routes of labelled ends: `From Rome 10:20`, and `To Bari 14:05` in one of the next lines."""
    begun: tuple[int, str, FactLabel] | None = None
    for number, label in labels_in(text, "from", "to"):
        name = _name(label, without_label=True)
        if not label.begins or not name:
            continue
        if "to" in label.said.concepts and begun and 0 <= number - begun[0] <= _APART:
            yield _route(begun[1], name), f"{begun[2].line} {label.line}"
            begun = None
        elif "from" in label.said.concepts:
            begun = number, name, label


def _route(start: str, end: str) -> str:
    codes = [_AIRPORT.search(name) for name in (start, end)]
    first, last = codes
    return f"{first[1]} → {last[1]}" if first and last else f"{start} → {end}"


def _places(whole: str, near: str) -> Iterator[tuple[str, str]]:
    for _, label in labels_in(whole, "place"):
        if label.begins and (name := _name(label, without_label=label.behind.lstrip()[:1] not in (":", "："))):
            yield name, label.line
    for text, pattern in ((near, _BEHIND_HOUR), (near, _ADDRESS), (near, _STREET)):
        for match in pattern.finditer(text):
            yield " ".join(match["v"].split()).rstrip("."), line_around(text, match)


def _name(label: FactLabel, *, without_label: bool) -> str:
    """Return the name next to a label; without a colon it must look like one, since labels are words of sentences too."""
    if not label.alone:
        name = _tidy_name(label.behind)
        if not without_label:
            return name if 2 <= len(name) <= _LONGEST and any(map(str.isalpha, name)) else ""
        return name if _is_name(name) else ""
    near = (_tidy_name(part) for part in (label.beside, label.below) if not _is_label(part))
    return next((name for name in near if _is_name(name)), "")


def _tidy_name(part: str) -> str:
    """Return the words before a day or an hour."""
    return " ".join(_THEN.sub("", f" {part.strip(_SIGNS)}").split()).strip(_SIGNS)


def _is_label(part: str) -> bool:
    return any(said.start == 0 and said.end == len(part.strip()) for said in said_in(part.strip()))


def _is_name(name: str) -> bool:
    return bool(_NAME.match(name)) and not _SENTENCE.search(name) and any(map(str.isalpha, name))
