"""Ten minutes of mail inside the limits of deploy/compose.yml: no exit, no refused write, memory below the limit.

python benchmarks/limits.py --mails 5000 --minutes 10      (as root: it starts a container engine of its own)

The image is built and started as it ships, on SQLite, with the built-in engine. Mails are delivered by LMTP to a Dovecot
beside it, spread over the time, and the REST API is read all along.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from glassdome.demo.samples import samples
from tests.servers.engine import running_engine
from tests.servers.stack import Stack, until

SAMPLE_EVERY = 10.0
BOXES = {f"box{n}@example.test": "correct-horse" for n in range(5)}
REFUSED = re.compile(r"Traceback|Read-only file system|Permission denied|No space left|Cannot allocate")


class Load:
    """The running stack, and what was seen of it."""

    def __init__(self, stack: Stack) -> None:
        """The stack is up."""
        self._stack = stack
        self._mails = itertools.cycle([sample.raw for sample in samples()])
        self._boxes = itertools.cycle(BOXES)
        self.samples: list[dict[str, Any]] = []
        self.delivered = 0

    def run(self, mails: int, minutes: float) -> None:
        """Deliver them over the time, and wait until each is judged."""
        start = time.monotonic()
        sample_at = start
        while self.delivered < mails or time.monotonic() < start + minutes * 60:
            due = min(mails, int((time.monotonic() - start) / (minutes * 60) * mails) + 1)
            if self.delivered < due:
                self._deliver(min(20, due - self.delivered))
            if time.monotonic() >= sample_at:
                self.samples.append(self._sample(time.monotonic() - start))
                sample_at += SAMPLE_EVERY
            time.sleep(0.1)
        until(lambda: self._judged() >= mails, seconds=900)
        self.samples.append(self._sample(time.monotonic() - start))

    def _deliver(self, count: int) -> None:
        box = next(self._boxes)
        numbered = []
        for number in range(self.delivered, self.delivered + count):
            raw = re.sub(rb"(?im)^Message-ID:.*(\r\n[ \t].*)*\r\n", b"", next(self._mails))
            numbered.append(b"Message-ID: <%d@load.example>\r\n" % number + raw)
        self._stack.deliver(box, *numbered)
        self.delivered += count
        self._stack.get("analysis", mailbox=box, limit=50)

    def _judged(self) -> int:
        return int(self._stack.get("stats")["total"])

    def _sample(self, at: float) -> dict[str, Any]:
        found = self._stack.containers("llm-processor")[0]
        inside = ["exec", "-T", "llm-processor", "sh", "-c"]
        said = self._stack.compose(*inside, "cat /proc/1/status; du -sk /tmp /var/lib/glassdome /var/log/llm-processor")
        sizes = {path: int(size) // 1024 for size, path in re.findall(r"^(\d+)\t(/\S+)$", said, re.M)}
        held = self._stack.engine.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", found["Id"]).split("/")[0]
        row = {
            "at": round(at), "delivered": self.delivered, "judged": self._judged(), "container": held.strip(),
            "peak_mib": int(re.findall(r"VmHWM:\s+(\d+)", said)[0]) // 1024, "restarts": found["RestartCount"],
            "killed": found["State"]["OOMKilled"], "folders_mib": sizes,
        }  # fmt: skip
        print(json.dumps(row), flush=True)
        return row

    def problems(self) -> list[str]:
        """Return what must not have happened."""
        logs = self._stack.compose("logs", "--no-log-prefix", "llm-processor").splitlines()
        limit = self._stack.containers("llm-processor")[0]["HostConfig"]["Memory"] >> 20
        found = [line for line in logs if REFUSED.search(line)]
        found += [f"ended: {row}" for row in self.samples if row["restarts"] or row["killed"]][:1]
        return found + [f"memory: {row}" for row in self.samples if row["peak_mib"] >= limit][:1]


def main() -> int:
    """Build, start, load, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=10)
    wanted = parser.parse_args()
    with running_engine() as engine:
        folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
        folder.chmod(0o755)
        stack = Stack(engine, folder, BOXES, GLASSDOME_DATABASE_URL="", OLLAMA_HOST="")
        try:
            stack.build()
            stack.compose("up", "-d", "llm-processor", "mail")
            until(stack.healthy)
            load = Load(stack)
            load.run(wanted.mails, wanted.minutes)
            problems = load.problems()
        finally:
            stack.close()
    print("\n".join(problems) or f"no exit, no refused write, {load.samples[-1]['peak_mib']} MiB at most")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
