"""The error tree: codes, statuses, temporary or not, public sentences."""

import pytest

from glassdome.core import errors
from glassdome.core.errors import GlassdomeError, ModelUnavailable, NotFound, SmtpRefused

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_error_is_drawn_in_the_tree(cls: type[GlassdomeError]) -> None:
    """The module docstring draws each class."""
    assert cls.__name__ in (errors.__doc__ or "")


def test_codes_are_unique() -> None:
    """No two classes share a code."""
    codes = [cls.code for cls in CLASSES]

    assert len(codes) == len(set(codes))


def test_the_docstring_is_the_public_sentence() -> None:
    """Without a message, the first docstring line speaks; a fix follows it."""
    assert NotFound().public_message == "There is no such thing."
    assert NotFound("No mailbox a@b.", fix="Create it.").public_message == "No mailbox a@b. Create it."


@pytest.mark.parametrize(("code", "temporary"), [(421, True), (450, True), (550, False), (554, False)])
def test_smtp_refusal_is_temporary_exactly_for_4xx(code: int, temporary: bool) -> None:
    """RFC 5321 4.2.1: 4yz is transient, 5yz permanent."""
    assert SmtpRefused("x", reply_code=code).temporary is temporary


def test_temporary_errors() -> None:
    """These, and no others, are worth a retry."""
    temporary = {cls.__name__ for cls in CLASSES if cls.temporary}

    assert temporary == {
        "TransportError",
        "ConnectFailed",
        "TimedOut",
        "Disconnected",
        "TlsFailed",
        "ModelUnavailable",
        "ModelTooSlow",
        "ModelBroke",
        "StoreUnavailable",
        "RateLimited",
    }
    assert ModelUnavailable().temporary
