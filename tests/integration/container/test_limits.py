"""`serve`, `worker` and `analyze` inside exactly the limits that ship, with every extra in the image."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp
import pytest

from glassdome.demo.samples import samples
from tests.servers.engine_plugin import USER
from tests.servers.stack import IMAGE, SOURCE, Stack, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

WRITABLE = {"/var/lib/glassdome", "/var/log/llm-processor", "/tmp"}
#: What docs/reference/image.md names.
WRITTEN = {
    "/var/lib/glassdome/glassdome.db", "/var/lib/glassdome/glassdome.db-wal", "/var/lib/glassdome/glassdome.db-shm",
    "/var/lib/glassdome/secret.key", "/var/log/llm-processor/processor.log",
}  # fmt: skip
#: The engine's own three, in every container.
ENGINES = {"/etc/resolv.conf", "/etc/hostname", "/etc/hosts"}
WORKER = ["worker", "--host", "0.0.0.0", "--port", "8080"]
MAILS = [sample.raw for sample in samples()]


@pytest.fixture(scope="module")
def full(stack: Stack) -> Iterator[Stack]:
    """The stack with an image that holds every extra, on SQLite as it ships, and a worker beside the service."""
    settings = stack.settings.read_text()
    image = with_every_extra(stack)
    stack.settings.write_text(
        re.sub(r"(?m)^GLASSDOME_(IMAGE|DATABASE_URL)=.*\n", "", settings) + f"GLASSDOME_IMAGE={image}\n"
    )
    try:
        stack.up("--no-build")
        stack.compose("--profile", "workers", "up", "-d", "--no-build", "llm-worker")
        yield stack
    finally:
        stack.down("-v")
        stack.settings.write_text(settings)


def with_every_extra(stack: Stack) -> str:
    """Return the image with every extra, in the versions of the suite's own lock."""
    lock = (SOURCE / "requirements" / "dev.txt").read_text()
    pinned = re.findall(r"^([a-zA-Z0-9_.-]+==[^\\\n]+?) \\$", lock, re.M)
    extras = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    lines = {line for name, lines in extras.items() for line in lines if name != "llamacpp"}
    wanted = sorted(f"'{line}'" for line in lines if not line.startswith("glassdome-lab"))
    (context := stack.folder / "extras").mkdir()
    (context / "pinned").write_text("".join(f"{line}\n" for line in pinned))
    # llama.cpp is compiled, and the image holds no compiler: it comes as the suite has it.
    shutil.copytree(
        Path(llama_cpp.__file__).parent, context / "llama_cpp", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(SOURCE / "lab", context / "lab", ignore=shutil.ignore_patterns("__pycache__"))
    # Apart from the image, so that a change of ours leaves them as they are.
    libraries = stack.engine.derived(
        "extras",
        f"""
FROM {stack.engine.base()}
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
COPY pinned /pinned
RUN python3 -m venv /extras \\
 && /extras/bin/pip install --no-cache-dir -c /pinned diskcache scikit-learn setuptools {" ".join(wanted)}
COPY llama_cpp /extras/lib/python3.11/site-packages/llama_cpp
COPY lab /lab
RUN /extras/bin/pip install --no-deps --no-build-isolation /lab
""",
        context,
    )
    return stack.engine.derived("every-extra", f"""
FROM {stack.image_id()}
COPY --from={libraries} /usr/lib/x86_64-linux-gnu/libgomp.so.1 /usr/lib/x86_64-linux-gnu/
COPY --from={libraries} /extras/lib /opt/glassdome/lib
""")  # fmt: skip


def of(stack: Stack, service: str) -> dict[str, Any]:
    """Return what the engine knows of the service's container."""
    return stack.containers(service)[0]


def inside(stack: Stack, service: str, command: str) -> str:
    """Run a shell command in a service's container."""
    return stack.compose("exec", "-T", service, "sh", "-c", command)


@pytest.mark.parametrize("service", ["llm-processor", "llm-worker"])
def test_the_limits_are_those_of_the_file(full: Stack, service: str) -> None:
    """No root, no capability, nothing writable but three folders, bounded memory and processes."""
    found = of(full, service)
    host = found["HostConfig"]
    status = inside(full, service, "cat /proc/1/status")

    assert (True, 1 << 30, 256, ["ALL"]) == (
        host["ReadonlyRootfs"], host["Memory"], host["PidsLimit"], host["CapDrop"],
    )  # fmt: skip
    assert "Uid:\t10001\t10001\t10001\t10001" in status
    assert {"0" * 16} == set(re.findall(r"Cap(?:Inh|Prm|Eff|Bnd|Amb):\t(\w+)", status))
    assert "NoNewPrivs:\t1" in status
    assert "64M" in inside(full, service, "df -BM --output=size /tmp | tail -n 1")


@pytest.mark.parametrize("service", ["llm-processor", "llm-worker"])
def test_only_three_folders_can_be_written(full: Stack, service: str) -> None:
    """The kernel says which mounts are writable; files can be made in ours alone, by this user."""
    mounts = [line.split() for line in inside(full, service, "cat /proc/self/mounts").splitlines()]
    writable = {mount[1] for mount in mounts if "rw" in mount[3].split(",")}
    kernels = {place for place in writable if re.match(r"/(proc|sys|dev)(/|$)", place)}
    tried = inside(
        full, service, "for d in $(find / -xdev -type d 2>/dev/null); do [ -w $d ] && echo $d; done; true"
    ).split()

    assert writable - kernels - ENGINES == WRITABLE
    assert WRITABLE == set(tried)
    with pytest.raises(RuntimeError, match=r"Read-only file system|Permission denied"):
        inside(full, service, "touch /opt/glassdome/here")


def test_serve_and_worker_judge_mail(full: Stack) -> None:
    """All samples get their verdict from the two; neither ends, and no write is refused."""
    full.deliver(USER, *MAILS)
    until(lambda: len(full.judged(USER)) >= len(MAILS))

    assert set(inside(full, "llm-processor", f"find {' '.join(WRITABLE)} -type f").split()) == WRITTEN
    for service in ("llm-processor", "llm-worker"):
        assert 0 == of(full, service)["RestartCount"]
        assert [] == refusals(full.compose("logs", "--no-log-prefix", service))
        assert peak(full, service) < 1 << 30


def refusals(log: str) -> list[str]:
    """Return the lines that tell of a write which was not possible, or of a crash."""
    return [
        line for line in log.splitlines() if re.search(r"Traceback|Read-only|Permission denied|No space left", line)
    ]


def peak(stack: Stack, service: str) -> int:
    """Return the most memory that the processes of a container held, in bytes."""
    found = inside(stack, service, "cat /proc/[0-9]*/status")
    return sum(int(number) << 10 for number in re.findall(r"VmHWM:\s+(\d+)", found))


@pytest.mark.parametrize("jobs", ["1", "0"])
def test_analyze(full: Stack, jobs: str) -> None:
    """In a container of the service, with its limits: each mail from standard input has its line."""
    box = b"".join(b"From x Mon Jan  1 00:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n" for raw in MAILS)
    said = full.compose(
        "run", "--rm", "-T", "--no-deps", "llm-processor", "analyze", "--json", "--engine", "builtin", "--jobs", jobs,
        "-", given=box.decode("utf-8", "surrogateescape"),
    )  # fmt: skip

    labels = [json.loads(line)["label"] for line in said.splitlines()]
    assert len(MAILS) == len(labels)
    assert {"phish", "ham"} <= set(labels)


@pytest.mark.parametrize("command", [["serve", "--host", "0.0.0.0"], WORKER])
def test_nothing_else_is_written_where_it_could_be(full: Stack, command: list[str]) -> None:
    """With a root that can be written, by a user who may: the engine finds no file made or changed in it."""
    engine, port = full.engine, "8080"
    name = engine.docker("run", "-d", "--user", "0", "-e", f"GLASSDOME_MAILBOXES={USER}:x",
                         "-e", "GLASSDOME_IMAP_HOST=localhost", "--tmpfs", "/tmp:size=64m",
                         image_of(full), *command).strip()  # fmt: skip
    try:
        until(lambda: _well(full, name, port))
        engine.docker("stop", name)
        assert [] == engine.docker("diff", name).split()
    finally:
        engine.docker("rm", "-fv", name)


def _well(stack: Stack, name: str, port: str) -> bool:
    try:
        return "queue" in stack.engine.docker("exec", name, "curl", "-s", f"http://localhost:{port}/health")
    except RuntimeError:
        return False


def image_of(stack: Stack) -> str:
    """Return the image with every extra."""
    return str(of(stack, "llm-processor")["Config"]["Image"])


def test_the_extras_are_in_it(full: Stack) -> None:
    """The libraries of the optional parts can be imported with a root that is read-only."""
    assert IMAGE != image_of(full)
    inside(full, "llm-processor", "python -c 'import mcp, pymap, aiosmtpd, sklearn, llama_cpp, glassdome_lab'")
