"""A process reads its data before the first mail is judged, and nothing afterwards; each test in a new process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import glassdome

PACKAGE = Path(glassdome.__file__).parent
DATA = Path(__file__).parents[2] / "data"
#: Tells every data file that is opened: code is loaded by the import system, which is nobody's data.
WATCH = """
import asyncio, json, sys
from pathlib import Path
opened = []
def hook(event, args):
    if event == "open" and isinstance(args[0], str) and not args[0].endswith((".py", ".pyc", ".so")):
        opened.append(args[0])
sys.addaudithook(hook)
from datetime import UTC, datetime
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw, classify, warm_up
from glassdome.values.refs import MessageRef
context = for_file(now=datetime(2026, 6, 1, tzinfo=UTC))
ref = MessageRef(mailbox="ann@example.org", folder="INBOX", uid_validity=1, uid=1)
"""
JUDGE_ALL = """
mails = [path.read_bytes() for folder in sys.argv[1:] for path in sorted(Path(folder).glob("*.eml"))]
asyncio.run(warm_up())
opened.clear()
for raw in mails:
    try:
        classify(raw, context)
    except GlassdomeError:
        pass
print(json.dumps([len(mails), opened]))
"""
GUARDED = """
from blockbuster import blockbuster_ctx
async def first() -> str:
    with blockbuster_ctx("glassdome"):
        return str((await analyze_raw(Path(sys.argv[1]).read_bytes(), ref, context, options=JudgeOptions())).verdict.label)
print(json.dumps(asyncio.run(first())))
"""


def _in_new_process(code: str, *arguments: Path) -> object:
    command = [sys.executable, "-c", WATCH + code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_all_shipped_data_is_read() -> None:
    """A data file that another loader reads later is named here: `loads_shipped` must stand above that loader."""
    opened = _in_new_process("import glassdome.threads\nasyncio.run(warm_up())\nprint(json.dumps(opened))")
    assert isinstance(opened, list)
    folders = [PACKAGE / name for name in ("parse", "signals", "engine/builtin", "verdict", "threads")]
    shipped = {path for folder in folders for path in folder.rglob("*") if path.suffix in (".toml", ".txt", ".npz")}

    assert len(shipped) > 60
    assert shipped - set(map(Path, opened)) == set()


def test_nothing_is_read_afterwards() -> None:
    """Reports, replies, archives, identity numbers, and lures and dates in many languages."""
    folders = (DATA / "reports", DATA / "cases" / "languages", DATA / "cases" / "modern" / "phish")
    code = "from glassdome.core.errors import GlassdomeError\n" + JUDGE_ALL

    count, opened = _in_new_process(code, *folders)  # type: ignore[misc]

    assert count > 400
    assert opened == []


def test_the_first_mail_does_not_stop_the_loop() -> None:
    """Whoever judges without a word before gets the data loaded in a thread."""
    assert _in_new_process(GUARDED, DATA / "reports" / "rp_dsn.eml") in ("ham", "unknown", "spam", "phish")
