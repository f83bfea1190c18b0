"""The second seed document's curl commands, run word for word by the real curl against the running service."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.store import migrate
from glassdome.values.verdict import Label
from tests.unit.api.bench import Bench, analysis, ref
from tests.unit.api.running import running

USER = "user@domain.com"
MANIFEST = tomllib.loads((Path(__file__).parent / "seed_curl.toml").read_text(encoding="utf-8"))
BLOCKS = {block["name"]: block for block in MANIFEST["block"]}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Shell functions under which the seed's words reach the service: by http, and by https as your-mailcow."""
    folder = tmp_path_factory.mktemp("seed")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    authority.issue_cert("your-mailcow").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    asyncio.run(migrate(f"sqlite:///{folder / 'plain.db'}"))
    shutil.copy(folder / "plain.db", folder / "tls.db")
    wanted = Settings(api_keys=SecretStr("your-api-key:rw"))
    tls = {"ssl_certfile": folder / "server.pem"}
    with running(folder / "plain.db", wanted, work) as http, running(folder / "tls.db", wanted, work, **tls) as https:
        options = (
            f"--silent --show-error --cacert {folder / 'authority.pem'} --write-out '\\n%{{http_code}}\\n' "
            f"--connect-to your-mailcow:443:127.0.0.1:{https} --connect-to localhost:80:127.0.0.1:{http} "
            f"--connect-to localhost:8080:127.0.0.1:{http} --connect-to llm-processor-mailcow:8080:127.0.0.1:{http}"
        )
        yield f'curl() {{ command curl {options} "$@"; }}\ndocker-compose() {{ shift 2; "$@"; }}\n'


async def work(bench: Bench) -> None:
    """Choose the seed's mailbox, put its message there, and have a worker that answers whoever asks."""
    await bench.choose(USER)
    bench.folders.held.add(ref(12345, mailbox=USER))
    bench.worker = asyncio.create_task(_answer_each(bench))


async def _answer_each(bench: Bench) -> None:
    while True:
        await bench.woken.wait()
        bench.woken.clear()
        job = await bench.database.queue.get(ref(12345, mailbox=USER))
        if job is not None and job.state == "pending":
            await bench.work(analysis(job.ref, Label.PHISH))


def answers(shell: str, name: str) -> list[tuple[int, Any]]:
    """Run a block; return status and body of each of its requests."""
    done = subprocess.run(["bash", "-c", shell + BLOCKS[name]["text"]], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    return [(int(status), json.loads(body)) for body, status in zip(lines[::2], lines[1::2], strict=True)]


@pytest.mark.parametrize("name", ["Verify Health", "Health Check", "Analysis Not Working"])
def test_health(shell: str, name: str) -> None:
    """Open to whoever asks."""
    ((status, body),) = answers(shell, name)

    assert (status, body["status"], body["mysql"], body["ollama"]) == (200, "healthy", "ok", "disabled")


def test_trigger_then_get_then_count(shell: str) -> None:
    """A requested message is analysed, then found alone, in the list and in the statistics."""
    ((asked, elements),) = answers(shell, "Trigger Email Analysis")
    (one_status, one), (all_status, everything) = answers(shell, "Get Email Analysis")
    ((counted, totals),) = answers(shell, "Get Statistics")

    assert [asked, one_status, all_status, counted] == [200, 200, 200, 200]
    assert (elements[0]["type"], elements[0]["data"]) == ("success", one)
    assert (one["mailbox"], one["email_id"], one["is_phishing"]) == (USER, "12345", True)
    assert everything == [one]
    assert (totals["total"], totals["phishing"]) == (1, 1)


def test_preferences(shell: str) -> None:
    """The seed's four are taken."""
    ((status, elements),) = answers(shell, "Configure User Preferences")

    data = elements[0]["data"]
    assert (status, elements[0]["type"]) == (200, "success")
    assert {
        name: data[name] for name in ("auto_analysis", "auto_categorize", "phishing_alerts", "summary_enabled")
    } == {
        "auto_analysis": True,
        "auto_categorize": True,
        "phishing_alerts": True,
        "summary_enabled": True,
    }
