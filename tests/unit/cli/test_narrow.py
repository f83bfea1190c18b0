"""Lists are readable in a terminal of 80 columns, and a start without a network says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from glassdome.cli import config, console
from glassdome.core.config import Settings

ROOT = Path(__file__).resolve().parents[3]


def test_settings_are_whole_in_80_columns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each name stands whole on a line with its value, its meaning below."""
    monkeypatch.setattr(console.out, "width", 80)
    config.show(changed=False, as_json=False)

    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    for row in config.described(Settings()):
        assert any(line.startswith(f"{row['variable']} =") for line in lines), row["variable"]


def test_a_start_without_network_says_what_is_missing(tmp_path: Path) -> None:
    """pip's own words, then ours: what failed, and how to bring the libraries by hand."""
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "bootstrap", tmp_path / "script")
    (tmp_path / "lab").mkdir()
    for name in ("pyproject.toml", "lab/pyproject.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / "lock.txt").write_text(f"no-such-library==1 --hash=sha256:{'0' * 64}\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_NO_INDEX": "1", "PYTHON": sys.executable}
    done = subprocess.run(
        ["bash", "script/bootstrap", "lock.txt"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )

    assert 1 == done.returncode
    assert "The libraries of lock.txt could not all be installed" in done.stderr
    assert "pip download" in done.stderr
    assert not list((tmp_path / ".venv").glob(".installed-*"))
