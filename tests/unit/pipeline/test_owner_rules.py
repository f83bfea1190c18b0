"""Owners' rules: read from their file, read again when it changes, final against a model's word."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from glassdome.core.errors import ConfigError
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.rules import load_rules
from glassdome.pipeline.owner_rules import OwnerRules, read_rules
from glassdome.values.context import Context
from glassdome.values.message import Address, Message
from glassdome.values.opinion import Opinion
from glassdome.values.role import FULL
from glassdome.verdict import decide

MINE = """
[[rule]]
name = "boss"
mailbox = "ann@example.org"
sender = "boss@example.org"
category = "legal"
priority = 9

[[rule]]
mailbox = ["*@example.org"]
subject = "weekly*"
priority = 2
"""
BOSS = Message(subject="Lunch", header_from=(Address(addr="boss@example.org"),), text="Lunch at noon?")


def read(mailbox: str, message: Message = BOSS) -> Opinion:
    """The built-in reading under MINE."""
    context = Context(now=datetime(2026, 1, 1, tzinfo=UTC), mailbox=mailbox, rules=load_rules(MINE))
    return BuiltinEngine().read(message, signals=(), sensitive=(), context=context)


@pytest.mark.parametrize(("mailbox", "ruled"), [("Ann@example.org", True), ("bob@example.org", False), ("", False)])
def test_a_rule_is_its_mailboxes_own(mailbox: str, ruled: bool) -> None:
    """Nobody else's mail is sorted by it."""
    opinion = read(mailbox)
    assert ((opinion.priority_score, opinion.categories) == (9, ("legal",))) is ruled
    assert opinion.ruled == (frozenset({"categories", "priority_score"}) if ruled else frozenset())


def test_a_rule_may_be_a_domains() -> None:
    """It leaves open what it does not set."""
    opinion = read("bob@example.org", Message(subject="Weekly report"))
    assert (opinion.priority_score, opinion.ruled) == (2, {"priority_score"})


@pytest.mark.parametrize(
    ("mailbox", "said"), [("ann@example.org", (9, ("legal",))), ("bob@example.org", (4, ("travel", "work")))]
)
def test_rules_are_final(mailbox: str, said: tuple[int, tuple[str, ...]]) -> None:
    """A model's word counts only where no rule spoke."""
    context = Context(now=datetime(2026, 1, 1, tzinfo=UTC), mailbox=mailbox)
    model = Opinion(engine="ollama", categories=("travel",), priority_score=4)
    verdict = decide(BOSS, signals=(), sensitive=(), builtin=read(mailbox), opinion=model, grant=FULL, context=context)
    assert (verdict.priority_score, verdict.categories) == said


def test_a_mistake_is_told_with_file_and_line(tmp_path: Path) -> None:
    """Counting comments and blank lines."""
    file = tmp_path / "rules.toml"
    file.write_text(f"# ours\n{MINE}\n[[rule]]\nname = 'bad'\nsender = 'a'\npriority = 11\n")
    with pytest.raises(ConfigError, match=r"rules.toml: Line 15: Rule 'bad': 'priority' must be"):
        read_rules(file)
    file.write_text("[[rule]]\nsender = \n")
    with pytest.raises(ConfigError, match=r"rules.toml: .*line 2"):
        read_rules(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_rules(tmp_path / "none.toml")


async def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """No file is no rules, a mistake keeps the last good ones, an empty file takes them away."""
    file = tmp_path / "rules.toml"
    rules = OwnerRules(file, every=0)
    assert await rules.current() == ()
    file.write_text(MINE)
    assert len(await rules.current()) == 2
    file.write_text(f"{MINE}[[rule]]\n")
    assert len(await rules.current()) == 2
    file.write_text("# none")
    assert await rules.current() == ()
