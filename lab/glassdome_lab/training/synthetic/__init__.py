"""Made-up mail for training: what the public collections lack. Never used to judge a model."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["Template", "load_templates", "synthetic_mail"]

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-z]+)>")
_DAYS: Final[Mapping[str, str]] = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday", "de": "Montag Dienstag Mittwoch Donnerstag Freitag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi", "es": "lunes martes miércoles jueves viernes sábado",
    "it": "lunedì martedì mercoledì giovedì venerdì", "nl": "maandag dinsdag woensdag donderdag vrijdag",
    "pt": "segunda terça quarta quinta sexta sábado",
}  # fmt: skip
_MONTHS: Final[Mapping[str, str]] = {
    "en": "January March May June September December", "de": "Januar März Mai Juni September Dezember",
    "fr": "janvier mars mai juin septembre décembre", "es": "enero marzo mayo junio septiembre diciembre",
    "it": "gennaio marzo maggio giugno settembre dicembre", "nl": "januari maart mei juni september december",
    "pt": "janeiro março maio junho setembro dezembro",
}  # fmt: skip
_MONEY: Final = ("${}", "{} €", "€{}", "£{}", "{} EUR", "US${}", "CHF {}", "R$ {}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One kind of mail: `{a|b}` are choices, `<slot>` is filled in."""

    label: str
    language: str
    kind: str
    subject: str
    body: str


@cache
def load_templates() -> tuple[Template, ...]:
    """Read the templates of this folder: `<label>_<language>.txt`, `## kind`, `S: subject`, body."""
    found: list[Template] = []
    for file in sorted(files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".txt"):
            label, _, language = file.name.removesuffix(".txt").partition("_")
            found += _read(label, language, file.read_text("utf-8"))
    return tuple(found)


def synthetic_mail(label: str, count: int, seed: int) -> list[tuple[str, str, str]]:
    """Return `count` made-up mails of `label` as (subject, text, kind), the same for the same seed."""
    rng = random.Random(seed)
    templates = [template for template in load_templates() if template.label == label]
    return [_filled(rng.choice(templates), rng) for _ in range(count)]


def _read(label: str, language: str, text: str) -> list[Template]:
    found = []
    for block in text.split("## ")[1:]:
        kind, subject, body = block.strip().split("\n", 2)
        spoken = kind if language == "xx" else language
        found.append(Template(label=label, language=spoken, kind=kind, subject=subject.removeprefix("S: "), body=body))
    return found


def _filled(template: Template, rng: random.Random) -> tuple[str, str, str]:
    once = {name: rng.choice(values) for name, values in _fillers().items() if name in ("name", "brand")}
    subject, text = (
        _slots(_chosen(part, rng), template.language, once, rng) for part in (template.subject, template.body)
    )
    if rng.random() < 0.3:
        text = ". ".join(s for s in text.split(". ") if rng.random() < 0.75) or text
    return subject, text, f"{template.language}:{template.kind}"


def _chosen(text: str, rng: random.Random) -> str:
    """Settle the choices, the innermost first."""
    while (settled := _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), text)) != text:
        text = settled
    return text


def _slots(text: str, language: str, once: Mapping[str, str], rng: random.Random) -> str:
    def fill(match: re.Match[str]) -> str:
        slot = match.group(1)
        return once.get(slot) or _made(slot, language, rng)

    return _SLOT.sub(fill, text)


def _made(slot: str, language: str, rng: random.Random) -> str:
    if slot in _fillers():
        return rng.choice(_fillers()[slot])
    made = {
        "day": lambda: rng.choice(_DAYS[language].split()),
        "month": lambda: rng.choice(_MONTHS[language].split()),
        "date": lambda: f"{rng.randint(1, 28)} {rng.choice(_MONTHS[language].split())} {rng.randint(2021, 2027)}",
        "time": lambda: f"{rng.randint(7, 21)}:{rng.choice(('00', '15', '30', '45'))}",
        "amount": lambda: rng.choice(_MONEY).format(f"{rng.randint(3, 2500)}.{rng.randint(0, 99):02}"),
        "number": lambda: str(rng.randint(10_000, 10**12)),
        "four": lambda: f"{rng.randint(0, 9999):04}",
        "code": lambda: str(rng.randint(100_000, 999_999)),
    }
    return made[slot]()


@cache
def _fillers() -> Mapping[str, Sequence[str]]:
    raw = tomllib.loads(files(__name__).joinpath("fillers.toml").read_text("utf-8"))
    return {name: tuple(values) for name, values in raw.items()}
