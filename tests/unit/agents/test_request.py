"""Tests of reading mail text as a request, and of its proofs."""

from __future__ import annotations

import base64
import hmac
import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from glassdome.agents.commands.admit import read_senders
from glassdome.agents.commands.builtin import builtin_commands
from glassdome.agents.commands.codes import Codes
from glassdome.agents.commands.declare import CommandContext, NoArguments, Reply
from glassdome.agents.commands.read import CommandRequest, arguments_of, read_request
from glassdome.core.errors import ConfigError, InputError
from glassdome.values.message import Message

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CODES = Codes(SecretStr("0123456789abcdef"))


def request(text: str, subject: str = "") -> CommandRequest:
    """Read a request."""
    return read_request(Message(new_text=text, subject=subject))


def test_lines() -> None:
    """Command, code, dry run; the order of the further lines does not matter, case neither."""
    assert request("\n Mailbox   create x name='A B'\nDRY-RUN\nCode: 123456\n") == CommandRequest(
        line="Mailbox create x name='A B'",
        words=("Mailbox", "create", "x", "name=A B"),
        code="123456",
        dry_run=True,
    )
    assert request("", subject="Re: AW: status").words == ("AW:", "status")
    assert request("code 123456", subject="status").words == ("status",)
    assert request("confirm " + "a" * 32).confirm == "a" * 32


@given(st.text(max_size=2000), st.text(max_size=300))
def test_any_text_is_a_request_or_an_input_error(text: str, subject: str) -> None:
    """Nothing else is raised, and what is kept is bounded."""
    try:
        found = request(text, subject)
    except InputError:
        return
    assert len(found.line) <= 500


def test_arguments() -> None:
    """By name, and in order; unknown, repeated and wrong ones are told with the usage."""
    commands = builtin_commands()
    found = commands.find(("MAILBOX", "create", "x", "quota_mb=5"))
    assert found is not None
    command, words = found
    assert arguments_of(command, words).model_dump() == {"local_part": "x", "name": "", "quota_mb": 5}
    for bad in (("a", "b", "c", "d"), ("x", "local_part=y"), ("x", "nonsense=1"), ("x", "quota_mb=many"), ()):
        with pytest.raises(InputError, match="Usage: mailbox create local_part="):
            arguments_of(command, bad)
    assert commands.find(("mailbox",)) is None


def test_names_are_taken_once() -> None:
    """Two commands of one name are a mistake of the program."""
    commands = builtin_commands()

    async def run(context: CommandContext, arguments: NoArguments) -> Reply:
        return Reply(text="")

    for name in ("help", "Upper", " padded"):
        with pytest.raises(ConfigError):
            commands.command(name, about="")(run)
    commands.command("wipe", about="", changes=True)(run)
    found = commands.find(("wipe",))
    assert found is not None
    assert found[0].scope == "rw"


def test_codes_are_what_authenticator_apps_make() -> None:
    """RFC 6238 with SHA-1, six digits, 30 seconds, computed here by the RFC's own words."""
    uri = CODES.enrolment("me@example.org")
    secret = base64.b32decode(uri.partition("secret=")[2].partition("&")[0])
    digest = hmac.digest(secret, struct.pack(">Q", int(NOW.timestamp()) // 30), "sha1")
    offset = digest[-1] & 15
    expected = f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"

    assert CODES.code("Me@example.org", NOW) == expected


@pytest.mark.parametrize(
    ("seconds", "good"), [(0, True), (590, True), (-30, True), (700, False), (-120, False)], ids=str
)
def test_how_long_a_code_counts(seconds: int, good: bool) -> None:
    """Ten minutes, since mail takes its time; and one step for a fast clock."""
    code = CODES.code("a@x.test", NOW)
    proof = CODES.check("a@x.test", CommandRequest(line="x", code=code), NOW + timedelta(seconds=seconds))

    assert (proof is not None) is good
    assert CODES.check("b@x.test", CommandRequest(line="x", code=code), NOW) is None


def test_a_signature_is_for_one_line_one_sender_one_hour() -> None:
    """Anything else changed, it proves nothing."""
    line = CODES.sign("a@x.test", "pause 2h", NOW)

    def check(text: str, sender: str = "a@x.test", at: datetime = NOW) -> bool:
        return CODES.check(sender, request(f"{text}\n{line}"), at) is not None

    assert [check("pause 2h"), check("pause  2h"), check("pause 3h"), check("pause 2h", "b@x.test")] == [
        True,
        True,
        False,
        False,
    ]
    assert not check("pause 2h", at=NOW + timedelta(hours=2))


def test_a_confirmation_is_for_one_mail() -> None:
    """Other parts, another word."""
    words = {CODES.confirmation("a@x.test", *parts) for parts in (("1", "l"), ("2", "l"), ("1", "m"), ("1l", ""))}

    assert len(words) == 4


def test_secrets_and_senders_are_checked() -> None:
    """A short secret and a list that makes no sense are setting errors."""
    with pytest.raises(ConfigError):
        Codes(SecretStr("short"))
    assert read_senders("A@x.test:rw, b@x.test ,c@x.test:ro") == {"a@x.test": "rw", "b@x.test": "ro", "c@x.test": "ro"}
    for bad in ("a@x.test:admin", "nobody", "@"):
        with pytest.raises(ConfigError):
            read_senders(bad)
