"""Attached files in the image that ships: read, by processes that can open nothing inside a container either."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.integration.files.hostile_child import WAYS
from tests.servers.stack import Stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

FILES = Path(__file__).parents[2] / "data" / "files"
CHILD = Path(__file__).parents[1] / "files" / "hostile_child.py"
PYTHON = "/opt/glassdome/bin/python"
#: Has a hostile child read one file for each way out, and prints what came of it.
ASK = """
import asyncio, json, sys
from glassdome.files.sandbox.pool import SandboxFiles
async def main(ways):
    pool = SandboxFiles(children=1, seconds=60, command=(sys.executable, "-I", "/hostile_child.py"))
    print(json.dumps({"problem": await pool.warm_up(), **{
        way: (await pool.read(b"fine", name=way, kind="x/hostile")).text for way in ways}}))
    await pool.aclose()
asyncio.run(main(sys.argv[1:]))
"""


def _run(stack: Stack, *arguments: str, given: str | None = None) -> str:
    """Run a new container of the service, with the limits and the user that ship."""
    return stack.compose("run", "--rm", "-T", "--no-deps", *arguments, given=given)


def _analyzed(stack: Stack, file: Path, kind: str) -> dict[str, Any]:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ida <ida@nordlicht.example>", "ann@example.org", "For you"
    mail.set_content("Please see the attached document.")
    main, _, sub = kind.partition("/")
    mail.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    said = _run(stack, "llm-processor", "analyze", "--json", "--engine", "builtin", "-", given=mail.as_string())
    analysis: dict[str, Any] = json.loads(said)
    return analysis


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pdf/invoice-chromium.pdf", "application/pdf"),
        ("archives/lzma.zip", "application/zip"),
        ("archives/plain.cab", "application/vnd.ms-cab-compressed"),
    ],
)
def test_a_file_is_read(stack: Stack, name: str, kind: str) -> None:
    """By PDFium, by Python's own libraries, and by the libarchive that the image brings."""
    analysis = _analyzed(stack, FILES / name, kind)

    assert ["yes"] == [item["read"] for item in analysis["attachments"]]
    assert [fact for fact in analysis["facts"] if fact["where"].startswith(Path(name).name)]


def test_no_way_leads_out(stack: Stack) -> None:
    """A reader that opens a file or a socket, or starts a process, is refused under the engine's own profile too."""
    said = _run(
        stack, "-v", f"{CHILD}:/hostile_child.py:ro", "--entrypoint", PYTHON, "llm-processor", "-c", ASK, *WAYS
    )  # fmt: skip
    told = json.loads(said.splitlines()[-1])

    assert "" == told.pop("problem")
    assert set(WAYS) == set(told)
    assert {way: text for way, text in told.items() if not text.startswith("refused: ")} == {}
