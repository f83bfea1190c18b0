"""The configurations in docs/howto/mcp.md work as they stand there, but for paths, port and key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from .running import GLASSDOME, environment, listening, over_http
from .stored import OTHER, call

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/howto/mcp.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [
    next(iter(example.values()))["glassdome"]
    for example in map(json.loads, re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
]
STARTED = [example for example in EXAMPLES if example.get("command", "").endswith("/glassdome")]
(OVER_HTTP,) = [example for example in EXAMPLES if "url" in example]
(IN_MAILCOW,) = [example for example in EXAMPLES if example.get("command") == "docker"]


@pytest.mark.parametrize("example", STARTED)
async def test_a_client_that_starts_it(data: Path, example: dict[str, Any]) -> None:
    """Command, arguments and environment; here the mailbox of `--only` is one that there is."""
    assert list(example["env"]) == ["GLASSDOME_DATA_DIR"]
    arguments = [OTHER if "@" in argument else argument for argument in example["args"]]
    parameters = StdioServerParameters(command=GLASSDOME, args=arguments, env=environment(data))
    async with Client(parameters) as client:
        assert (await call(client, "list_analyses", mailbox=OTHER))["analyses"]


async def test_a_client_over_http(data: Path) -> None:
    """Address and header."""
    key = OVER_HTTP["headers"]["Authorization"].removeprefix("Bearer ")
    with listening(data, GLASSDOME_API_KEYS=f"{key}:ro") as server:
        assert re.sub(r":\d+/", ":8081/", server.url) == OVER_HTTP["url"]
        async with over_http(server.url, key) as client:
            assert (await call(client, "statistics"))["total"] == 27


def test_the_container() -> None:
    """Its name is that of the service which is installed, whose image has the library."""
    compose = (ROOT / "glassdome/deploy/files/llm-processor.yml").read_text(encoding="utf-8")
    image = (ROOT / "requirements/base.txt").read_text(encoding="utf-8")

    service = IN_MAILCOW["args"][IN_MAILCOW["args"].index("-T") + 1]
    assert compose.startswith(f"{service}:")
    assert re.search(r"^mcp==", image, re.MULTILINE)
