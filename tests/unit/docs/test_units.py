"""The systemd units run what there is, from and into the places that the documentation names."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app

ROOT = Path(__file__).parents[3]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def read(path: Path) -> configparser.RawConfigParser:
    """Return a unit's sections; of a name that is given twice, the last one."""
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read_string(path.read_text())
    return unit


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_the_command_is_one_of_ours(path: Path) -> None:
    """With its options; and the settings lie where the documentation puts them."""
    service = read(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])

    assert program == "/opt/glassdome/bin/glassdome"
    assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0
    howto = (ROOT / "docs" / "howto" / "operate.md").read_text()
    assert service["EnvironmentFile"] in howto
    assert f"VENV={program.removesuffix('/bin/glassdome')} script/bootstrap" in howto
    assert "GLASSDOME_LOG_FILE=/var/log/llm-processor/" in path.read_text()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_each_line(path: Path, tmp_path: Path) -> None:
    """Ask systemd if it is there; else no unit may have a directive that the other one lacks."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        directives = [set(read(other)["Service"]) for other in UNITS]
        assert all(found == directives[0] for found in directives)
        return
    unit = tmp_path / path.name
    unit.write_text(path.read_text().replace("/opt/glassdome/bin/glassdome", sys.executable))
    done = subprocess.run([verify, "verify", "--man=no", unit], check=False, capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if path.stem.rstrip("@") in line]) == (0, [])
