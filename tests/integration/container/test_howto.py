"""The command of docs/howto/install.md that places the files from the image, for hosts without a Python of their own."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.integration.deploy.trees import make_mailcow
from tests.servers.stack import IMAGE, SOURCE, Stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]


def test_the_image_installs_itself(stack: Stack) -> None:
    """Word for word, without a terminal: the files are there, and what to run next is printed."""
    page = (SOURCE / "docs" / "howto" / "install.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ *docker (run .* mailcow install .*)$", page, re.MULTILINE)
    tree: Path = make_mailcow(stack.folder / "mailcow")
    line = line.replace(" -it", "").replace("/opt/mailcow-dockerized", str(tree))
    words = shlex.split(line)
    words[words.index("glassdome")] = IMAGE

    printed = stack.engine.docker(*words)

    assert "docker compose" in printed
    assert "image: ${GLASSDOME_IMAGE:-glassdome}" in (tree / "docker-compose.override.yml").read_text()
