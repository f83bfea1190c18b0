"""The command line in the language of the locale: headings, tables, doctor; commands, names and JSON stay."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from glassdome.cli import doctor, speech
from glassdome.cli.checks import Check, Health
from glassdome.cli.speech import AREA, BOOK, tell
from glassdome.cli.verdict_table import verdict_page, verdict_table
from glassdome.core.config.terminal import terminal_language
from glassdome.core.translate import ENGLISH, LANGUAGES
from glassdome.shapes.analysis import analysis_shape
from scripts.catalogues import compiled, po_file, renewed, texts, translations, written
from tests.samples import an_analysis

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
#: Commands, settings, file names and protocol words, which people type or look up.
_VERBATIM = re.compile(
    r"`[^`]+`|_?[A-Z]{3,}_[A-Z_]+(?:=\S+)?|docker compose [a-z]+|glassdome [a-z]+ [a-z]+|docs/\S+\.md|\{\w+\}"
)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """The terminal of somebody who reads German."""
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    file = StringIO()
    console = Console(file=file, width=200)
    monkeypatch.setattr(doctor, "out", console)
    monkeypatch.setattr(speech, "out", console)
    return file


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LC_ALL": "fr_FR@euro", "LANG": "de_DE.UTF-8"}, "fr"),
        ({"LC_MESSAGES": "pt_BR", "LANG": "de_DE.UTF-8"}, "pt"),
        ({"LC_ALL": "", "LANG": "ja"}, "ja"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "fi_FI.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_locale_names_the_language(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LC_ALL before LC_MESSAGES before LANG; English for any that we do not speak."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert terminal_language() == language


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_are_complete_and_keep_what_is_typed(language: str) -> None:
    """Every sentence is translated, with its commands, settings and values as they are."""
    kept = translations(language, AREA)

    assert [message.id for message in kept if message.id] == list(BOOK.sentences)
    assert po_file(language, AREA).read_bytes() == written(renewed(language, texts(AREA), AREA))
    assert po_file(language, AREA).with_suffix(".mo").read_bytes() == compiled(kept)
    for message in kept:
        typed = sorted(_VERBATIM.findall(str(message.id)))
        assert sorted(_VERBATIM.findall(str(message.string))) == typed, message.string
        assert message.string


def test_doctor_speaks_and_its_commands_stay(german: StringIO) -> None:
    """Health, finding and fix; a message that we do not know stays as it is."""
    doctor._show(Check(name="api keys", health=Health.WARN, detail="none is set: the REST API refuses everybody", fix="Set GLASSDOME_API_KEYS=<key>:rw"))  # fmt: skip
    doctor._show(Check(name="database", health=Health.FAIL, detail="connection refused by 10.0.0.1"))
    told = german.getvalue()

    assert "Warn  api keys" in told
    assert "keiner ist gesetzt: Die REST-API weist alle ab" in told
    assert "-> Setzen Sie GLASSDOME_API_KEYS=<key>:rw" in told
    assert "FEHL  database      connection refused by 10.0.0.1" in told


def test_findings_with_values_are_found_again(german: StringIO) -> None:
    """Values stand in the translation as they are, findings inside of findings too."""
    assert (
        tell("read; /etc/x.yml is not there, defaults hold") == "gelesen; /etc/x.yml ist nicht da, die Vorgaben gelten"
    )
    assert tell("off: no mail server is set") == "aus: kein Mailserver ist gesetzt"
    assert tell("a@x.example can be read at mail.x.example:993, without IDLE") == "a@x.example kann auf mail.x.example:993 gelesen werden, ohne IDLE"  # fmt: skip


def test_verdicts_are_shown_in_the_language(german: StringIO) -> None:
    """Table and page; what a mail says stays."""
    row = {"file": "a.eml"} | analysis_shape(an_analysis())
    console = Console(file=german, width=200)
    console.print(verdict_table([row]))
    console.print(verdict_page(row))
    told = german.getvalue()

    assert [word for word in ("Urteil", "Zusammenfassung und Grund", "Betreff", "Priorität", "Sprache") if word not in told] == []  # fmt: skip
    assert row["subject"] in told


def test_a_terminal_without_those_letters_gets_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old terminal shows no umlauts."""
    monkeypatch.setenv("LC_ALL", "de_DE.ISO-8859-1")
    monkeypatch.setattr(Console, "encoding", "iso8859-1")

    assert tell("verdict") == "verdict"
