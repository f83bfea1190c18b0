"""The curl commands of README, quickstart and how-to pages, run as they stand there against the running service."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.store import migrate
from glassdome.values.action import Action, ActionKind
from tests.unit.api.bench import SECRET, Bench, analysis, ref
from tests.unit.api.running import running

DOCS = Path(__file__).parents[2] / "docs"
ANN, YOU = "ann@example.org", "you@example.org"
#: What the pages have their readers choose.
KEYS = f"choose-a-long-random-key:rw,key-of-the-owner:rw,key-of-ann-alone:rw:{ANN}"
NAMES = {"KEY": "key-of-the-owner", "ANN": "key-of-ann-alone", "GLASSDOME_PUSH_SECRET": SECRET}


def commands() -> list[tuple[str, str]]:
    """Return (page, command) for each curl command in a fence that asks our own port."""
    found = []
    for page in (DOCS / "quickstart.md", *sorted((DOCS / "howto").glob("*.md"))):
        text = re.sub(r"\\\n\s*", "", page.read_text(encoding="utf-8"))
        found += [(page.stem, line) for line in re.findall(r"^ *(curl .*localhost:8080.*)$", text, re.MULTILINE)]
    return found


async def stock(bench: Bench) -> None:
    """Give Ann and the reader a mailbox with an analysis, and Ann an action."""
    for mailbox in (ANN, YOU):
        await bench.choose(mailbox)
        await bench.store(analysis(ref(5, mailbox)))
    moved = replace(ref(9, ANN), folder="Junk")
    bench.folders.held.add(moved)  # so that each command is answered alone as it is behind the others
    await bench.act(Action(ref=ref(5, ANN), kind=ActionKind.MOVE, argument="\\Junk"), moved_to=moved)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The service."""
    path = tmp_path_factory.mktemp("pages") / "x.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    with running(path, Settings(api_keys=SecretStr(KEYS), push_secret=SecretStr(SECRET)), stock) as found:
        yield found


@pytest.mark.parametrize(("page", "command"), commands())
def test_it_is_answered(port: int, page: str, command: str) -> None:
    """With success; the one that shows what a key may not see is refused, and an action that is not there is told so."""
    options = f"--silent --show-error --output /dev/null --write-out '%{{http_code}}' --connect-to localhost:8080:127.0.0.1:{port}"
    script = f'curl() {{ command curl {options} "$@"; }}\n{command}'
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=60, env=NAMES | {"PATH": "/usr/bin:/bin"}
    )

    expected = "403" if "bob@" in command else "404" if '"items"' in command else "20[024]"
    assert re.fullmatch(expected, done.stdout), (page, command, done.stdout, done.stderr)


def test_none_is_missed() -> None:
    """The pages have these at least."""
    assert len(commands()) >= 9
