"""The generated reference pages are those of this program."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent


def test_settings_and_commands_are_fresh() -> None:
    """`scripts/generate_reference.py` would change nothing."""
    done = subprocess.run(
        [sys.executable, "scripts/generate_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "fresh\n") == (done.returncode, done.stdout), done.stderr
