"""The demo as a stranger runs it: one command, real processes, everything gone after Ctrl-C."""

import json
import re
import signal
import smtplib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

GLASSDOME = Path(sys.executable).parent / "glassdome"


def test_check(tmp_path: Path) -> None:
    """`demo --check` analyses every sample, prints a table, and ends with 0."""
    done = subprocess.run(
        [GLASSDOME, "demo", "--check", "--data", tmp_path / "d"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert "26 of 26 samples have an analysis, read through the REST API." in done.stdout
    assert "02-phish-aligned" in done.stdout


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """A folder that is not the demo's is not emptied: exit code 2 and a sentence."""
    (tmp_path / "precious.txt").write_text("x")

    done = subprocess.run(
        [GLASSDOME, "demo", "--data", tmp_path], capture_output=True, text=True, timeout=60, check=False
    )

    assert 2 == done.returncode
    assert "is not empty and not the demo's. Choose another --data folder." in " ".join(done.stderr.split())
    assert (tmp_path / "precious.txt").exists()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo, running, and what it printed."""
    process = subprocess.Popen(
        [GLASSDOME, "demo", "--port", "0", "--data", tmp_path / "d"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Web UI"):
            break
    yield process, "".join(lines)
    process.kill()
    process.communicate()


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"{pattern} not in:\n{text}"
    return match[1]


def test_new_mail_gets_its_verdict_and_ctrl_c_ends_it(running: tuple[subprocess.Popen[str], str]) -> None:
    """Mail sent to the printed port is readable through the printed address with the printed key."""
    process, screen = running
    url, key = _found(r"REST API\s+(\S+)", screen), _found(r"API key\s+(\S+)", screen)
    with urllib.request.urlopen(_found(r"Web UI\s+(\S+)", screen)) as answer:
        assert b"<title>Sign in" in answer.read()
    with smtplib.SMTP("127.0.0.1", int(_found(r"SMTP on 127\.0\.0\.1:(\d+)", screen))) as smtp:
        smtp.sendmail(
            "me@example.org",
            ["anna@demo.example"],
            "From: me@example.org\r\nSubject: Fresh\r\n\r\nDear Anna, can we meet tomorrow at ten?\r\n",
        )

    deadline = time.monotonic() + 20
    while True:
        request = urllib.request.Request(
            f"{url}/api/v1/get/llm/analysis?mailbox=anna@demo.example", headers={"X-API-Key": key}
        )
        with urllib.request.urlopen(request) as answer:
            newest = json.load(answer)[0]
        if newest["subject"] == "Fresh":
            break
        assert time.monotonic() < deadline, "the new mail was not analysed"
        time.sleep(0.05)
    assert process.stdout is not None
    shown = list(takewhile(lambda line: not line.startswith("Web UI"), process.stdout))
    assert any("Fresh" in line for line in shown), "the demo did not show the new mail"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert newest["label"] == "ham"
    assert 0 == process.returncode, errors
    assert "Traceback" not in errors


def test_a_second_demo_leaves_the_first_one_its_folder(
    running: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    """It says that one runs there and ends; the first one's database stays and answers."""
    _, screen = running
    second = subprocess.run(
        [GLASSDOME, "demo", "--check", "--data", tmp_path / "d"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (2, "") == (second.returncode, second.stdout)
    assert "A demo runs in" in second.stderr
    assert (tmp_path / "d" / "glassdome.db").exists()
    url, key = _found(r"REST API\s+(\S+)", screen), _found(r"API key\s+(\S+)", screen)
    request = urllib.request.Request(f"{url}/api/v1/get/llm/stats", headers={"X-API-Key": key})
    with urllib.request.urlopen(request) as answer:
        assert 26 == json.load(answer)["total"]


def test_a_burst_of_mail_leaves_the_screen_readable(running: tuple[subprocess.Popen[str], str]) -> None:
    """Sixty mails are told in a few lines, and the way to sign in is the last thing said."""
    process, screen = running
    assert screen.splitlines()[-1].startswith("Web UI")
    with smtplib.SMTP("127.0.0.1", int(_found(r"SMTP on 127\.0\.0\.1:(\d+)", screen))) as smtp:
        for number in range(60):
            text = f"From: me@example.org\r\nSubject: Burst {number}\r\n\r\nDear Anna, here is part {number}.\r\n"
            smtp.sendmail("me@example.org", ["anna@demo.example"], text)

    assert process.stdout is not None
    lines, told = [], 0
    while told < 60:
        lines += takewhile(lambda line: not line.startswith("Web UI"), process.stdout)
        pages = sum("new mail, email_id" in line for line in lines)
        told = pages + sum(int(found[1]) for line in lines if (found := re.match(r"(\d+) new mails", line)))

    assert 60 == told
    assert len(lines) < 120
