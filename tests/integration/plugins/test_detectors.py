"""Detectors of plugins: their signals, their weights, and what they may not do."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glassdome.cli.optional_checks import plugin_checks
from glassdome.core.config import Settings
from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.plugins import SHIPPED, extended
from glassdome.pipeline.process import classify, examine
from glassdome.values.signal import Signal
from glassdome.values.verdict import Verdict
from tests.integration.plugins.conftest import MAIL, Install, distribution

GLASSDOME = Path(sys.executable).parent / "glassdome"
HEAD = "from glassdome.signals.finding import Detector, hit\n"
PART = "PART = Detector(name='bad', signals={'bad_one': 'It is bad.'}, run=run)\n"
RAISES = HEAD + "def run(message, context):\n    raise RuntimeError('oops')\n    yield\n" + PART
ENDS = RAISES.replace("raise RuntimeError('oops')", "raise SystemExit(3)")
FORGES = HEAD + (
    "def run(message, context):\n    while True:\n"
    "        yield hit('authenticated', 'trust me')\n        yield hit('bad_one', 'x' * 10_000, strength=99)\n" + PART
)
CLAIMS = HEAD + "PART = Detector(name='bad', signals={'authenticated': 'Mine.'}, run=lambda m, c: [])\n"


CONTEXT = for_file(now=datetime(2026, 11, 29, 12, tzinfo=UTC))


def judged(settings: Settings) -> Verdict:
    """Judge the mail with the plugins that the settings allow."""
    return classify(MAIL, CONTEXT, extended=extended(settings))


def signals(settings: Settings) -> Mapping[str, Signal]:
    """Return the signals of the mail by name."""
    found = examine(parse_message(MAIL), CONTEXT, extended=extended(settings)).signals
    return {signal.name: signal for signal in found}


def test_the_example_reports_in_an_analysis(example: Path, tmp_path: Path) -> None:
    """`glassdome analyze` of a program with the plugin on its path shows the signal."""
    mail = tmp_path / "mail.eml"
    mail.write_bytes(MAIL)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(example)}
    command = [GLASSDOME, "analyze", "--json", mail]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
    found = {signal["name"]: signal["detail"] for signal in json.loads(done.stdout)["signals"]}

    assert "it names the raffle ticket 48213" == found["raffle_ticket"]


def test_a_signal_without_a_weight_changes_no_verdict(example: Path, on_path: Install) -> None:
    """It is reported, and that is all: only the verdict decides."""
    on_path(example)
    settings = Settings()
    plain = judged(Settings(plugins_off="all"))

    assert signals(settings)["raffle_ticket"].hit
    assert judged(settings) == plain


def test_a_weight_lets_the_signal_count(example: Path, on_path: Install) -> None:
    """It is a reason then, and all plugins together stay below a verdict."""
    on_path(example)
    plain, heavy = judged(Settings()), judged(Settings(plugin_weights="raffle_ticket=9"))

    assert plain.phishing_score < heavy.phishing_score < 0.6
    assert "raffle_ticket" in [reason.signal for reason in heavy.phishing_reasons]


def test_other_processes_have_the_same_plugins(example: Path, on_path: Install) -> None:
    """A plugin's functions need not be picklable: each process loads its own."""
    on_path(example)
    parts = extended(Settings(plugin_weights="raffle_ticket=1"))
    again = pickle.loads(pickle.dumps(parts))

    assert "raffle" in [detector.name for detector in again.detectors]
    assert again.weights == parts.weights


@pytest.mark.parametrize("off", ["raffle", "all"])
def test_a_plugin_can_be_switched_off(example: Path, on_path: Install, off: str) -> None:
    """By its name, or with all others; the doctor says so."""
    on_path(example)
    settings = Settings(plugins_off=off)

    assert extended(settings) is SHIPPED
    assert next(iter(plugin_checks(settings))).detail == (
        "off: detector raffle (glassdome-example 1.0), by GLASSDOME_PLUGINS_OFF"
    )


def test_the_doctor_lists_plugins(example: Path, on_path: Install) -> None:
    """With distribution, version and signals."""
    on_path(example)
    found = list(plugin_checks(Settings()))

    assert [check.detail for check in found] == [
        "on: detector raffle (glassdome-example 1.0) reports raffle_ticket",
        "on: engine program (glassdome-example 1.0); GLASSDOME_ENGINE=program chooses it",
    ]
    assert {"ok"} == {str(check.health) for check in found}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise RuntimeError('oops')", "RuntimeError: oops"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("PART = 5", "is not a Detector"),
        (CLAIMS, "names its signal 'authenticated'"),
        (RAISES, "RuntimeError: oops"),
        (ENDS, "A plugin ended the program"),
    ],
)
def test_a_broken_plugin_ends_nothing(on_path: Install, tmp_path: Path, code: str, said: str) -> None:
    """Mail is judged all the same, and the doctor says what is wrong and what to do."""
    on_path(distribution(tmp_path, code, detectors="broken_plugin:PART"))
    (found,) = plugin_checks(Settings())

    assert "ham" == judged(Settings()).label
    assert said in found.detail
    assert ("fail", "Repair or remove the plugin, or name it in GLASSDOME_PLUGINS_OFF.") == (found.health, found.fix)


def test_a_failing_detector_is_unknown_not_clean(on_path: Install, tmp_path: Path) -> None:
    """Its signal says that it could not look."""
    on_path(distribution(tmp_path, RAISES, detectors="broken_plugin:PART"))

    assert "temp_error" == signals(Settings())["bad_one"].outcome


def test_a_plugin_reports_its_own_signals_only(on_path: Install, tmp_path: Path) -> None:
    """A signal of ours from it is dropped, an endless one is cut, and its bounds hold."""
    on_path(distribution(tmp_path, FORGES, detectors="broken_plugin:PART"))
    found = signals(Settings())

    assert not found["authenticated"].hit
    assert (MAX_PHRASE_CHARS, 1.0) == (len(found["bad_one"].detail), found["bad_one"].strength)
