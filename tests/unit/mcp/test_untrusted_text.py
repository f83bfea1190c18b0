"""Words of a mail are quoted whole and visible, or not at all."""

from __future__ import annotations

import pytest

from glassdome.mcp.untrusted_text import mail_text, row_text, why_text
from glassdome.shapes.analysis import analysis_shape
from glassdome.values.preferences import EngineAccess
from glassdome.values.verdict import Label
from tests.unit.api.bench import analysis, ref, verdict

#: A tag character, a bidi override, a zero-width space and a line end: what a person does not see and a model reads.
HIDDEN = "\U000e0041\u202e\u200b\n"


def hostile() -> dict[str, object]:
    """Return an analysis whose every text has hidden characters."""
    found = verdict(
        Label.PHISH, summary=f"a{HIDDEN}b", tags=(f"t{HIDDEN}u",), auto_reply_suggestion=f"Dear{HIDDEN}Ann,"
    )
    return analysis_shape(analysis(ref(5), verdict=found, subject=f"c{HIDDEN}d", message_id=f"e{HIDDEN}f@x.example"))


def test_nothing_is_hidden() -> None:
    """Invisible characters are blanks; only a draft keeps its lines."""
    text = mail_text(hostile(), EngineAccess.FULL)
    assert text is not None

    assert (text.subject, text.summary, text.tags, text.message_id) == ("c d", "a b", ["t u"], "e f@x.example")
    assert text.auto_reply_suggestion == "Dear\nAnn,"


@pytest.mark.parametrize("access", EngineAccess)
def test_the_owner_decides(access: EngineAccess) -> None:
    """`never` shows nothing, `headers` nothing of the body, the others everything."""
    shape = hostile()
    row, mail, why = row_text(shape, access), mail_text(shape, access), why_text(shape, access)

    assert (row is None, mail is None) == (access is EngineAccess.NEVER,) * 2
    body = access in (EngineAccess.FULL, EngineAccess.REDACTED)
    assert (why is not None) is body
    if row is not None and mail is not None:
        assert (bool(row.summary), bool(mail.action_items), bool(mail.auto_reply_suggestion)) == (body,) * 3
        assert row.subject
