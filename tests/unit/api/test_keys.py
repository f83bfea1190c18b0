"""API keys: how they are written, and what each lets its owner see."""

from __future__ import annotations

import pytest

from glassdome.core.errors import AccessDenied, ConfigError
from glassdome.desk.keys import Caller, Scope, find_caller, parse_keys


def test_a_key_is_found_by_its_text() -> None:
    """The right text finds the caller with its scope."""
    caller = find_caller("beta", parse_keys("alpha:rw, beta:ro"))

    assert caller is not None
    assert caller.scope == Scope.RO


@pytest.mark.parametrize("presented", ["", "alph", "alphaa", "ALPHA", "alpha:rw", "ключ", "\udcff"])
def test_any_other_text_finds_nobody(presented: str) -> None:
    """Only the exact key is a key, whatever bytes the header held."""
    assert find_caller(presented, parse_keys("alpha:rw")) is None


def test_no_keys_let_nobody_in() -> None:
    """An empty setting is not an open door."""
    assert find_caller("", parse_keys("")) is None


def test_the_plain_key_is_not_kept() -> None:
    """Memory holds a hash, and the caller's name does not contain the key."""
    (key,) = parse_keys("very-secret-text:rw")

    assert "very-secret-text" not in repr(key)


def test_a_place_named_twice_is_one() -> None:
    """Else all its mail would be listed twice."""
    (key,) = parse_keys("alpha:ro:example.org|Example.org|a@b.org|A@B.org")

    assert (key.caller.domains, key.caller.mailboxes) == (("example.org",), ("a@b.org",))


def test_a_third_part_restricts() -> None:
    """Domains and mailboxes after the scope are all that the key sees."""
    (key,) = parse_keys("alpha:ro:Example.org|a@b.org")

    seen = [key.caller.may_see(m) for m in ("x@example.org", "a@b.org", "b@b.org", "x@sub.example.org")]

    assert seen == [True, True, False, False]


def test_a_restricted_caller_is_refused_elsewhere() -> None:
    """Outside the restriction AccessDenied is raised, for mailboxes and for the whole server's affairs."""
    caller = Caller(name="k", scope=Scope.RW, mailboxes=("a@b.org",))

    with pytest.raises(AccessDenied):
        caller.must_see("c@b.org")
    with pytest.raises(AccessDenied):
        caller.must_be_unrestricted()


@pytest.mark.parametrize(
    "text", ["secret-text:ro:", "secret-text:ro: | ", "alpha", "alpha:admin", ":rw", "good:rw,bad:"]
)
def test_a_wrong_entry_is_named_by_number_only(text: str) -> None:
    """The message says which entry is wrong and never repeats it."""
    with pytest.raises(ConfigError) as caught:
        parse_keys(text)

    assert "Entry" in caught.value.public_message
    assert "alpha" not in caught.value.public_message
