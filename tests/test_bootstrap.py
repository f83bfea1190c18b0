"""A first start without a network says what is missing and how to bring it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_a_first_start_without_a_network_says_what_is_missing(tmp_path: Path) -> None:
    """Before anything is started, with the commands that bring the libraries from another machine."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "VENV": str(tmp_path / "venv"),
        "PYTHON": sys.executable,
    }
    done = subprocess.run(
        [ROOT / "script" / "demo"],
        env=environment | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "could not all be installed" in done.stderr
    assert "python3 -m pip download --require-hashes -r requirements/base.txt" in done.stderr
    assert "Traceback" not in done.stderr
