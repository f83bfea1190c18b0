"""Tests that share a container engine or a browser run in one process, or they would wait for each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFTEST = 'pytest_plugins = ["tests.servers.scheduling"]\n'
TEST = """
import os
import pathlib
import time


def test_one():
    time.sleep(0.2)
    pathlib.Path({log!r}).open("a").write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")


test_two = test_three = test_one
"""


def test_a_shared_folder_stays_in_one_process(tmp_path: Path) -> None:
    """Two files of the folder, three tests each, two processes: one of these runs them all."""
    log = tmp_path / "log"
    shared = tmp_path / "tests/integration/container"
    shared.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name in ("test_a.py", "test_b.py"):
        (shared / name).write_text(TEST.format(log=str(log)))
    (tmp_path / "test_c.py").write_text("def test_other(): pass\n")
    root = Path(__file__).parents[3]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "--import-mode=importlib", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    workers = log.read_text().split()
    assert (len(workers), len(set(workers))) == (6, 1)
