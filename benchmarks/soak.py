"""An hour of mail, reads and changes: memory and descriptors must stay flat, and no error may happen.

python benchmarks/soak.py --minutes 60 --out /tmp/soak          (needs Dovecot; a real `glassdome serve` on SQLite)
python benchmarks/soak.py --draw /tmp/soak/samples.jsonl docs/soak.svg

Each second one mail or so is delivered to a real Dovecot, the REST API and the web UI are read, and now and then a mail
is corrected, flagged or moved. Every ten seconds memory, descriptors, threads, queue and errors are noted.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import imaplib
import itertools
import json
import os
import random
import re
import shutil
import smtplib
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.soak_plot import draw, verdict
from glassdome.demo.samples import samples
from tests.servers.certificates import SERVER_NAME, make_certificates
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, PASSWORD, Dovecot

KEY = "rw-key-of-the-soak"
SAMPLE_EVERY = 10.0
MAILBOXES = 5
READS = (
    "/health",
    "/api/v1/get/llm/analysis?mailbox={}&limit=50",
    "/api/v1/get/llm/analysis?mailbox={}&text=invoice",
    "/api/v1/get/llm/stats",
    "/api/v1/get/llm/queue?mailbox={}",
    "/api/v1/get/llm/preferences?username={}",
    "/llm/sign-in",
    "/llm/static/none",
)


class Soak:
    """The service under load, and what was noted of it."""

    def __init__(self, folder: Path, *, rate: float) -> None:
        """`rate` is mails a second."""
        self.folder, self._rate = folder, rate
        self._dovecot = Dovecot(folder / "dc", make_certificates(folder))
        self._mails = itertools.cycle([sample.raw for sample in samples()])
        self._random = random.Random(1)
        self.delivered = self.requests = self.errors = 0
        self._numbers = itertools.count(1)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start Dovecot and the service; end both."""
        self._dovecot.start()
        self._boxes = [self._dovecot.add_mailbox(f"soak{n}") for n in range(MAILBOXES)]
        log = self.folder / "log"
        command = [sys.executable, "-c", "from glassdome.cli.app import main; main()", "serve", "--port", "0"]
        with log.open("wb") as stream:
            self._process = subprocess.Popen(command, env=self._environment(), stderr=stream, stdout=stream)
        try:
            self._address = self._listens(log)
            yield
        finally:
            self._process.terminate()
            self._process.wait(60)
            self._dovecot.stop()

    def run(self, minutes: float, out: Path) -> None:
        """Load and note until the time is over, then wait until everything is judged."""
        start = time.monotonic()
        end, sample_at = start + minutes * 60, start
        with (out / "samples.jsonl").open("w") as notes:
            while time.monotonic() < end:
                began = time.monotonic()
                if began >= sample_at:
                    notes.write(json.dumps(self._sample(began - start)) + "\n")
                    notes.flush()
                    sample_at += SAMPLE_EVERY
                self._one_step()
                time.sleep(max(0.0, 1 / self._rate - (time.monotonic() - began)))
            self._wait_until_judged()
            notes.write(json.dumps(self._sample(time.monotonic() - start)) + "\n")

    # -- inside

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "HOME": str(self.folder),
            "MAILCOW_IMAP_HOST": "127.0.0.1",
            "MAILCOW_IMAP_PORT": str(self._dovecot.imap_port),
            "MAILCOW_CA_FILE": str(self._dovecot.certificates.ca),
            "MAILCOW_SERVER_NAME": SERVER_NAME,
            "GLASSDOME_IMAP_MASTER_USER": MASTER_USER,
            "GLASSDOME_IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
            "GLASSDOME_MAILBOXES": ",".join(self._boxes),
            "GLASSDOME_AUTHSERV_ID": "mx.demo.example",
            "GLASSDOME_API_KEYS": f"{KEY}:rw",
            "GLASSDOME_API_RATE_PER_MINUTE": "100000",
            "GLASSDOME_DATA_DIR": str(self.folder / "data"),
            "LLM_PROCESSING_INTERVAL": "30",
        }

    def _listens(self, log: Path) -> str:
        deadline = time.monotonic() + 120
        while not (found := re.search(r"listens on (http://\S+)", log.read_text())):
            assert time.monotonic() < deadline, log.read_text()
            assert self._process.poll() is None, log.read_text()
            time.sleep(0.2)
        time.sleep(5)  # the first look at each mailbox queues nothing
        return found[1]

    def _one_step(self) -> None:
        box = self._random.choice(self._boxes)
        number = next(self._numbers)
        raw = re.sub(rb"(?im)^Message-ID:.*(\r\n[ \t].*)*\r\n", b"", next(self._mails))
        self._deliver(box, b"Message-ID: <%d@soak.example>\r\n" % number + raw)
        for path in self._random.sample(READS, 2):
            self._ask("GET", path.format(box), expected=404 if "none" in path else 200)
        if number % 20 == 0:
            self._change(box)

    def _deliver(self, box: str, raw: bytes) -> None:
        try:
            with smtplib.LMTP("127.0.0.1", self._dovecot.lmtp_port) as peer:
                peer.sendmail("sender@example.org", [box], raw)
            self.delivered += 1
        except (OSError, smtplib.SMTPException) as exc:
            self._wrong(f"LMTP: {exc}")

    def _change(self, box: str) -> None:
        """Correct one verdict, flag one mail and move another, as owners do."""
        status, body = self._ask("GET", f"/api/v1/get/llm/analysis?mailbox={box}&limit=10")
        rows = [row for row in json.loads(body) if row["folder"] == "INBOX"] if status == 200 else []
        if rows:
            row = self._random.choice(rows)
            wanted = {"mailbox": box, "email_id": row["email_id"], "label": "ham"}
            self._ask("POST", "/api/v1/add/llm/feedback", json.dumps(wanted))
            with contextlib.suppress(imaplib.IMAP4.error):
                self._flag_and_move(box, row["email_id"])

    def _flag_and_move(self, box: str, uid: str) -> None:
        context = ssl.create_default_context(cafile=str(self._dovecot.certificates.ca))
        with imaplib.IMAP4_SSL("localhost", self._dovecot.imaps_port, ssl_context=context) as peer:
            peer.login(box, PASSWORD)
            peer.select("INBOX")
            peer.uid("STORE", uid, "+FLAGS", r"(\Seen \Flagged)")
            if self._random.random() < 0.5:
                peer.uid("MOVE", uid, "Junk")

    def _ask(self, method: str, path: str, body: str = "", *, expected: int = 200) -> tuple[int, str]:
        at = urlsplit(self._address)
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=30)
        headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
        self.requests += 1
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            status, text = answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as exc:
            status, text = 0, repr(exc)
        finally:
            connection.close()
        if status != expected and not (method == "POST" and status in (200, 201)):
            self._wrong(f"{method} {path}: {status} {text[:300]}")
        return status, text

    def _wrong(self, what: str) -> None:
        self.errors += 1
        with (self.folder / "errors").open("a") as stream:
            stream.write(f"{what}\n")

    def _sample(self, at: float) -> dict[str, Any]:
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        facts = {
            name: int(found[1]) for name in ("VmRSS", "Threads") if (found := re.search(rf"{name}:\s+(\d+)", status))
        }
        queue = json.loads(self._ask("GET", "/health")[1] or "{}").get("queue") or {}
        log = (self.folder / "log").read_text(errors="replace")
        return {
            "at": round(at, 1),
            "rss_mib": round(facts["VmRSS"] / 1024, 2),
            "threads": facts["Threads"],
            "descriptors": len(os.listdir(f"/proc/{self._process.pid}/fd")),
            "delivered": self.delivered,
            "judged": queue.get("done", 0),
            "failed": queue.get("failed", 0),
            "requests": self.requests,
            "errors": self.errors
            + queue.get("failed", 0)
            + len(re.findall(r"\[(?:error|warning)\s*\]|Traceback", log))
            - self._quiet(log),
        }

    @staticmethod
    def _quiet(log: str) -> int:
        """Count the warnings that are none of an error: what is not configured, and phishing that was found."""
        return len(
            re.findall(
                r"\[warning\s*\] (?:no_\w+|unknown_\w+|tls_\w+|phishing_alert|action_failed +code=policy_refused)", log
            )
        )

    def _wait_until_judged(self) -> None:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            queue = json.loads(self._ask("GET", "/health")[1])["queue"]
            if queue["done"] + queue["failed"] + queue["cancelled"] >= self.delivered and not queue["pending"]:
                return
            time.sleep(1)
        self._wrong("some mail was never judged")


def main() -> int:
    """Run or draw; 0 when memory and descriptors are flat and nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=1.0, help="mails a second")
    parser.add_argument("--out", type=Path, default=Path("soak"))
    parser.add_argument("--draw", type=Path, nargs=2, metavar=("SAMPLES", "SVG"))
    wanted = parser.parse_args()
    if wanted.draw:
        notes = [json.loads(line) for line in wanted.draw[0].read_text().splitlines()]
        wanted.draw[1].write_text(draw(notes))
        print(json.dumps(verdict(notes), indent=1))
        return 0 if verdict(notes)["flat"] else 1
    wanted.out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="gds"))
    folder.chmod(0o755)
    soak = Soak(folder, rate=wanted.rate)
    try:
        with soak.running():
            soak.run(wanted.minutes, wanted.out)
    finally:
        for name in ("log", "errors"):
            if (folder / name).exists():
                shutil.copy(folder / name, wanted.out / name)
        shutil.rmtree(folder, ignore_errors=True)
    notes = [json.loads(line) for line in (wanted.out / "samples.jsonl").read_text().splitlines()]
    (wanted.out / "soak.svg").write_text(draw(notes))
    print(json.dumps(verdict(notes), indent=1))
    return 0 if verdict(notes)["flat"] else 1


if __name__ == "__main__":
    sys.exit(main())
