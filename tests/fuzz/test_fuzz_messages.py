"""The coverage-guided fuzzer counts what fails: run here without the fuzzer itself, over the sample mail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from glassdome.pipeline.plugins import Extended
from glassdome.signals.finding import Detector
from scripts.testing import fuzz_messages

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "mail").glob("*.eml"))


def test_judge_takes_mail_to_json() -> None:
    """Sample mail becomes the JSON text of an analysis; bytes that are no message give nothing."""
    judge = fuzz_messages.Judge()

    assert [json.loads(judge(path.read_bytes()))["engine"] for path in SAMPLES] == ["builtin"] * len(SAMPLES)
    assert judge(b"") == ""


def test_contained_detector_counts_as_crash() -> None:
    """A detector that raises is contained by the service, but fails the fuzzer."""

    def broken(*_: object) -> None:
        raise ValueError("no such word")

    detector = Detector(name="links", signals={"url_ip": "an address in numbers"}, run=broken)
    judge = fuzz_messages.Judge()
    judge._options = replace(judge._options, extended=Extended(detectors=(detector,)))

    with pytest.raises(AssertionError, match="url_ip"):
        judge(SAMPLES[0].read_bytes())


def test_tally_outlives_the_process(tmp_path: Path) -> None:
    """Failures are kept with their input and counted on by the next process."""
    tally = fuzz_messages.Tally(tmp_path, 10)
    tally.ran(0.1, b"quick")
    tally.ran(2.0, b"slow")
    tally.failed("crash", b"broken", "ValueError")

    again = fuzz_messages.Tally(tmp_path, 10)

    assert (2, 1, 1, 8) == (again.state["inputs"], again.state["slow"], again.state["crashes"], again.left)
    assert sorted(p.read_bytes() for p in tmp_path.glob("*.eml")) == [b"broken", b"slow"]
