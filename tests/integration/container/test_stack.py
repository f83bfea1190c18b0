"""The shipped compose file for real: judged mail, the seed's commands, kills, workers, an update, an end without loss."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glassdome.demo.samples import samples
from tests.servers.engine_plugin import USER
from tests.servers.stack import KEY, SOURCE, Stack, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

#: The UID that the seed asks for.
SEEDS_UID = 12345
COLUMNS = "email_id", "mailbox", "label", "phishing_score", "summary", "model"


@pytest.fixture(scope="module")
def running(stack: Stack) -> Iterator[Stack]:
    """The whole stack, with the seed's message in the seed's mailbox."""
    try:
        stack.up()
        # A mailbox is there once it is opened, and its next UID can be chosen.
        stack.compose("exec", "-T", "mail", "doveadm", "-c", "/etc/tests/dovecot.conf", "mailbox", "update", "-u", USER,
                      "--min-next-uid", str(SEEDS_UID), "INBOX")  # fmt: skip
        yield stack
    finally:
        stack.down("-v")


def mails(name: str, count: int) -> list[bytes]:
    """Return sample mails with Message-IDs of their own."""
    found = [sample.raw for sample in samples()]
    unnamed = [re.sub(rb"(?im)^Message-ID:.*(\r\n[ \t].*)*\r\n", b"", raw) for raw in found]
    return [b"Message-ID: <%d.%s@x>\r\n" % (n, name.encode()) + unnamed[n % len(unnamed)] for n in range(count)]


def judged(stack: Stack) -> dict[str, tuple[Any, ...]]:
    """Return what is stored of each message of the seed's mailbox; each has one verdict."""
    rows = stack.judged(USER)
    assert {1} == set(Counter(row["email_id"] for row in rows).values())
    return {row["email_id"]: tuple(row[name] for name in COLUMNS) for row in rows}


def add(stack: Stack, name: str, count: int) -> None:
    """Deliver some mails and wait until each has its verdict."""
    expected = len(stack.judged(USER)) + count
    stack.deliver(USER, *mails(name, count))
    until(lambda: len(stack.judged(USER)) >= expected)
    assert expected == len(judged(stack))


def restarted(stack: Stack) -> bool:
    """Return whether the engine started the service again by itself."""
    return stack.containers("llm-processor")[0]["RestartCount"] == 1 and stack.healthy()


def test_mail_is_judged_with_the_model(running: Stack) -> None:
    """Delivered mail is judged by the model server in the stack, and stored in MariaDB."""
    add(running, "first", 6)

    rows = running.judged(USER)
    assert str(SEEDS_UID) in {row["email_id"] for row in rows}
    assert "llama3.2:3b" in {row["model"] for row in rows}
    stored = running.compose(
        "exec", "-T", "database", "mariadb", "-N", "-e", "SELECT COUNT(*) FROM glassdome.llm_email_analysis"
    )
    assert 6 == int(stored)


def test_the_seeds_commands(running: Stack) -> None:
    """Each curl line and each docker-compose line of the second seed answers, in the shell, as it stands."""
    add(running, "seed", 1)
    blocks = tomllib.loads((SOURCE / "tests" / "acceptance" / "seed_curl.toml").read_text(encoding="utf-8"))["block"]
    compose = " ".join([str(running.program), *running.files])
    shell = f"""
curl() {{ command curl -sS --write-out '\\n%{{http_code}}\\n' --connect-to localhost:80:127.0.0.1:{running.port} \\
  --connect-to llm-processor-mailcow:8080:127.0.0.1:{running.port} "${{@//https:\\/\\/your-mailcow/http:\\/\\/localhost}}"; }}
docker-compose() {{ shift 2; {compose} exec -T llm-processor "$@" --silent --write-out '\\n%{{http_code}}\\n'; }}
"""
    statuses = []
    for block in blocks:
        command = ["bash", "-c", shell + block["text"]]
        done = subprocess.run(command, capture_output=True, text=True, env=running.engine.environment, check=False)
        assert 0 == done.returncode, block["name"] + done.stderr
        lines = done.stdout.splitlines()
        for body, status in zip(lines[::2], lines[1::2], strict=True):
            assert json.loads(body)
            statuses.append(int(status))
    assert [200] * 8 == statuses


def test_the_log_and_the_health_that_the_engine_sees(running: Stack) -> None:
    """The log file of the seed is written, and the engine's own health checks find every service well."""
    log = running.compose("exec", "-T", "llm-processor", "cat", "/var/log/llm-processor/processor.log")
    logs = running.compose("--profile", "llm", "logs", "llm-processor")

    assert all(json.loads(line)["event"] for line in log.splitlines())
    assert "phishing_alert" in log
    assert "listens on" in logs
    for service in ("llm-processor", "ollama"):
        until(lambda service=service: running.containers(service)[0]["State"]["Health"]["Status"] == "healthy")


def test_a_kill_loses_nothing(running: Stack) -> None:
    """Killed in the midst of its work, by whomever, the service goes on where it was, and judges each mail once."""
    expected = len(judged(running)) + 20
    running.deliver(USER, *mails("crash", 10))
    os.kill(running.containers("llm-processor")[0]["State"]["Pid"], signal.SIGKILL)
    until(lambda: restarted(running))
    running.deliver(USER, *mails("kill", 10))
    running.engine.docker("kill", running.containers("llm-processor")[0]["Id"])
    running.up()

    until(lambda: len(running.judged(USER)) >= expected)
    assert expected == len(judged(running))


def test_more_workers(running: Stack) -> None:
    """Three workers beside the service share the queue: each mail is judged once, and each worker says that it is well."""
    running.compose("--profile", "llm", "--profile", "workers", "up", "-d", "--scale", "llm-worker=3")
    ask = ["exec", "-T", "--index", "3", "llm-worker", "curl", "-fsS", "http://localhost:8080/health"]
    until(lambda: len(running.containers("llm-worker")) == 3)
    until(lambda: _answers(running, ask))

    add(running, "scale", 30)

    states = [container["State"] for container in running.containers("llm-worker")]
    assert [True] * 3 == [state["Running"] for state in states]
    assert [0] * 3 == [container["RestartCount"] for container in running.containers("llm-worker")]
    running.compose("--profile", "workers", "rm", "-s", "-f", "llm-worker")


def _answers(stack: Stack, words: list[str]) -> bool:
    try:
        return '"status":"healthy"' in stack.compose(*words).replace(" ", "")
    except RuntimeError:
        return False


def test_down_and_up_lose_nothing(running: Stack) -> None:
    """Verdicts, choices and secrets survive a restart; mail that came meanwhile is judged."""
    before = judged(running)
    secret = running.compose("exec", "-T", "llm-processor", "sha256sum", "/var/lib/glassdome/secret.key")
    running.down()
    running.up()

    assert before == judged(running)
    assert secret == running.compose("exec", "-T", "llm-processor", "sha256sum", "/var/lib/glassdome/secret.key")
    add(running, "after", 2)


def test_an_update_migrates(running: Stack) -> None:
    """A database of an earlier schema is brought up to date by the new image, with all that it holds."""
    before, old = judged(running), running.image_id()
    running.compose("stop", "llm-processor")
    newest, earlier = revisions()
    running.compose("run", "--rm", "-T", "llm-processor", "migrate", "--revision", earlier)
    assert earlier == schema(running)

    program = running.folder / "glassdome" / "__init__.py"
    program.write_text(program.read_text() + "\n# A newer version.\n")
    running.up("--build")

    assert newest == schema(running)
    assert running.image_id() != old
    assert running.image_id() == running.containers("llm-processor")[0]["Image"]
    assert before == judged(running)
    add(running, "updated", 2)


def revisions() -> tuple[str, str]:
    """Return the newest schema's name and the one three before it."""
    folder = Path(SOURCE / "glassdome" / "store" / "migrations" / "versions")
    found = [re.search(r'^revision = "(\w+)"', file.read_text(), re.M) for file in sorted(folder.glob("0*.py"))]
    names = [match[1] for match in found if match]
    return names[-1], names[-4]


def schema(stack: Stack) -> str:
    """Return the revision that the database says it has."""
    ask = "SELECT version_num FROM glassdome.llm_schema_version"
    return stack.compose("exec", "-T", "database", "mariadb", "-N", "-e", ask).strip()


def test_the_key_of_the_seed_is_wanted(running: Stack) -> None:
    """Without the key nothing is read, also through the published port."""
    done = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"{running.url}/api/v1/get/llm/stats"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ("401", "your-api-key") == (done.stdout, KEY)
