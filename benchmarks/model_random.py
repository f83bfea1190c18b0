"""A real llama.cpp with random weights reads mail: every opinion must be valid, and what is not must be refused.

    python benchmarks/model_random.py [--mails 500] [--folder DIR]

Without a folder the demo's mails are read again and again, each time numbered, and answers are drawn at a temperature.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import tempfile
import time
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import structlog

from glassdome.core import limits
from glassdome.core.errors import EngineError, ParseError
from glassdome.engine.builtin.categories import CATEGORIES
from glassdome.engine.llm import LlmEngine
from glassdome.engine.llm.schema import SENSITIVE_TYPES
from glassdome.integrations.llamacpp import LlamaCpp
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import examine
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.verdict import decide
from tests.servers.tiny_gguf import make_tiny_gguf

DEMO = Path(__file__).parents[1] / "glassdome" / "demo" / "mail"


def faults(opinion: Opinion, message: Message) -> list[str]:
    """Return what is wrong with an opinion; none of it may ever be."""
    texts = [
        opinion.summary,
        *opinion.tags,
        *(r.why for r in opinion.phishing_reasons),
        *(i.text for i in opinion.action_items),
    ]
    evidence = [e for r in opinion.phishing_reasons for e in r.evidence] + [i.evidence for i in opinion.action_items]
    body = message.text + message.subject + str(message.header_from)
    checks = {
        "phishing": math.isfinite(opinion.phishing) and 0 <= opinion.phishing <= 1,
        "spam": math.isfinite(opinion.spam) and 0 <= opinion.spam <= 1,
        "priority": opinion.priority_score in range(1, 11),
        "categories": 0 < len(opinion.categories) <= limits.MAX_CATEGORIES
        and set(opinion.categories) <= set(CATEGORIES),
        "sensitive": set(opinion.sensitive_types) <= set(SENSITIVE_TYPES),
        "summary": len(opinion.summary) <= limits.MAX_SUMMARY_CHARS,
        "control": not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for t in texts for c in t),
        "evidence": all(e.quote and (e.quote in body or not e.where.startswith("text")) for e in evidence),
    }
    return [name for name, good in checks.items() if not good]


def mails(count: int, folder: Path | None) -> list[bytes]:
    """Return `count` raw mails."""
    files = sorted((folder or DEMO).glob("*.eml"))
    return [files[n % len(files)].read_bytes() + f"\r\nNo. {n}\r\n".encode() for n in range(count)]


async def main() -> None:
    """Read, count and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--mails", type=int, default=500)
    wanted.add_argument("--folder", type=Path)
    options = wanted.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = LlamaCpp(make_tiny_gguf(Path(folder) / "random.gguf"), num_ctx=8_192, temperature=0.8)
        engine = LlmEngine(model, name="llamacpp", mail_chars=400)
        context = for_file(now=datetime.now(UTC))
        seen: Counter[str] = Counter()
        start = time.perf_counter()
        for raw in mails(options.mails, options.folder):
            try:
                message = parse_message(raw)
            except ParseError:
                seen["not mail"] += 1
                continue
            found = examine(message, context)
            parts = {
                "signals": found.signals,
                "sensitive": found.sensitive,
                "builtin": found.builtin,
                "context": context,
            }
            try:
                opinion, reason = await engine.read(message, **parts), ""
            except EngineError as exc:
                opinion, reason = None, exc.code
            verdict = decide(message, opinion=opinion, degraded_reason=reason, skipped="", **parts)
            seen["answers"] += 1
            seen["refused, verdict degraded"] += verdict.degraded
            if opinion is not None:
                seen["valid"] += not faults(opinion, message)
                seen["with quotations kept"] += bool(opinion.phishing_reasons or opinion.action_items)
                seen["after a repair"] += opinion.usage.repairs
                for fault in faults(opinion, message):
                    seen[f"WRONG {fault}"] += 1
        seconds = time.perf_counter() - start
        await model.aclose()
    print(f"{options.mails} mails in {seconds:.0f} s, {seconds / options.mails:.2f} s each")
    for name, number in seen.items():
        print(f"{name:>28} {number}")


asyncio.run(main())
