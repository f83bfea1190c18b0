"""Measure `parse_message` against the straightforward standard-library way, in one run on the same mail.

    python benchmarks/parse.py [FOLDER] [--count N]

Without a folder the mail is generated. The other way is `email` with its default policy: every field read, the body
taken by `get_body`, every part decoded; nothing of links, hidden text, attachments' types or authentication.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from glassdome.parse import parse_message

SENTENCE = "please find the attached invoice for your order and let us know whether delivery on monday suits you"


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--count", type=int, default=2_000)
    options = arguments.parse_args()
    mails = (
        folder_of_mail(options.folder, options.count)
        if options.folder
        else [generated(n) for n in range(options.count)]
    )
    size = sum(map(len, mails)) / len(mails) / 1024
    print(f"{len(mails)} mails, {size:.1f} KiB on average, CPU time of one core")
    ours = _measure("glassdome.parse", parse_message, mails)
    theirs = _measure("email.policy.default", standard_library, mails)
    print(f"ratio {theirs / ours:.1f}")


def folder_of_mail(folder: Path, count: int) -> list[bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    random.Random(1).shuffle(paths)
    return [path.read_bytes() for path in paths[:count]]


def generated(seed: int) -> bytes:
    chance = random.Random(seed)
    text = "\n\n".join(" ".join(chance.choices(SENTENCE.split(), k=40)) for _ in range(6))
    message = EmailMessage(policy=default)
    message["From"] = f"Jörg Müller <sender{seed}@example.org>"
    message["To"] = "Ann <ann@example.net>"
    message["Subject"] = f"Grüße {seed}"
    for hop in range(4):
        message["Received"] = f"from host{hop}.example by mail.example.org with ESMTPS id {seed}"
    message.set_content(text)
    if seed % 3 == 0:
        rows = "".join(
            f"<tr><td style='color:#333'><a href='https://example.org/{n}'>{p}</a></td></tr>"
            for n, p in enumerate(text.split("\n\n") * 4)
        )
        message.add_alternative(f"<html><body><table>{rows}</table></body></html>", subtype="html")
    if seed % 10 == 0:
        message.add_attachment(chance.randbytes(20_000), maintype="application", subtype="pdf", filename="a.pdf")
    return message.as_bytes()


def standard_library(raw: bytes) -> object:
    message = message_from_bytes(raw, policy=default)
    body = message.get_body()  # type: ignore[attr-defined]
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return [(name, str(value)) for name, value in message.items()], body and body.get_content(), parts


def _measure(name: str, parse: Callable[[bytes], object], mails: list[bytes]) -> float:
    times: list[float] = []
    failed = 0
    for raw in mails:
        started = time.process_time()
        try:
            parse(raw)
        except Exception:  # the other way raises whatever it likes; that is part of the comparison
            failed += 1
        times.append(time.process_time() - started)
    mean = statistics.mean(times)
    print(
        f"{name:22} {1 / mean:7.0f}/s  median {statistics.median(times) * 1e3:6.3f} ms"
        f"  p99 {sorted(times)[int(0.99 * len(times))] * 1e3:7.2f} ms  failed {failed}"
    )
    return mean


if __name__ == "__main__":
    main()
