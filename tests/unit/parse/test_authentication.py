"""Authentication-Results: believed from our own server only."""

from __future__ import annotations

import pytest

from glassdome.parse import parse_message
from glassdome.values.message import RspamdReport

OURS = frozenset({"Mail.Example.org"})
LMTP = "Received: from mail.example.org by 3f1c with LMTP id 1; now\n"
MX = "Received: from peer.example by mail.example.org (Postcow) with ESMTPS id 2; now\n"
PEER = "Received: from pc by peer.example; now\n"
PASS = "Authentication-Results: mail.example.org; dmarc=pass header.from=good.example\n"
FAIL = "Authentication-Results: mail.example.org; dmarc=fail header.from=evil.example\n"
OTHER = "Authentication-Results: peer.example; dmarc=pass header.from=evil.example\n"


def _results(head: str) -> list[tuple[str, str]]:
    authentication = parse_message(f"{head}Subject: x\n\nbody".encode(), authserv_ids=OURS).authentication
    assert authentication.trusted == bool(authentication.results)
    return [(r.result, r.domain) for r in authentication.results]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (PASS + LMTP + MX + PEER, [("pass", "good.example")]),
        (LMTP + PASS + MX + PEER, [("pass", "good.example")]),
        (LMTP + MX + PASS + PEER, [("pass", "good.example")]),
        (PASS + MX, [("pass", "good.example")]),
        (PASS, [("pass", "good.example")]),
        (OTHER + MX, []),
        (LMTP + MX + PEER + PASS, []),
        (LMTP + MX + FAIL + PASS, [("fail", "evil.example")]),
        (FAIL + MX + PASS, [("fail", "evil.example")]),
        (MX + FAIL + PEER + PASS, [("fail", "evil.example")]),
        (LMTP + MX + OTHER + FAIL, []),
        (MX, []),
    ],
)
def test_only_our_own_fields_count(head: str, expected: list[tuple[str, str]]) -> None:
    """Fields above our own trace are ours; below it only the first can be, and further down none."""
    assert _results(head) == expected


def test_results_are_parsed() -> None:
    """Methods, results and the checked identities, without comments (RFC 8601 2.2)."""
    value = (
        "Authentication-Results: MAIL.example.org 1;\n\tdkim=pass (2048-bit key; unprotected) header.d=A.example"
        ' header.i=@a.example header.s=x;\n\tspf=softfail smtp.mailfrom="bounce@B.example"; dmarc=none;'
        " iprev/1=pass policy.iprev=192.0.2.1; arc=fail (bad) smtp.helo=c.example\n"
    )
    found = parse_message(f"{value}\nbody".encode(), authserv_ids=OURS).authentication

    assert found.authserv_id == "mail.example.org"
    assert [(r.method, r.result, r.domain) for r in found.results] == [
        ("dkim", "pass", "a.example"),
        ("spf", "softfail", "b.example"),
        ("dmarc", "none", ""),
        ("iprev", "pass", ""),
        ("arc", "fail", "c.example"),
    ]
    assert found.passed("dkim")
    assert not found.passed("spf")


@pytest.mark.parametrize(
    "sender",
    [
        '"x;dkim=pass header.d=bank.example"@e.example',
        '"x);dkim=pass header.d=bank.example("@e.example',
        '"x;dkim=pass header.d=b',
    ],
)
def test_the_senders_words_are_no_result(sender: str) -> None:
    """Our server quotes the sender's text in an address; the text does not become a result of its own."""
    value = f"Authentication-Results: mail.example.org; spf=fail (domain of {sender} says no) smtp.mailfrom={sender}\n"
    found = parse_message(f"{value}\nbody".encode(), authserv_ids=OURS).authentication

    assert [r.method for r in found.results] == ["spf"]


def test_without_configuration_nothing_is_trusted() -> None:
    """The topmost results can be shown, but they prove nothing."""
    found = parse_message(f"{MX}{PASS}\nbody".encode()).authentication

    assert (found.authserv_id, found.trusted, found.passed("dmarc")) == ("mail.example.org", False, False)


def test_rspamd_report() -> None:
    """X-Spamd-Result of our own Rspamd gives score and symbols; one further down is not ours."""
    report = (
        "X-Spamd-Result: default: False [5.20 / 15.00];\n\tBAD_LINK(4.50)[x.example];\n\tR_SPF_ALLOW(-0.20)[+mx];\n"
    )
    action = "X-Rspamd-Action: no action\n"

    assert parse_message(f"{LMTP}{MX}{action}{report}\nbody".encode(), authserv_ids=OURS).rspamd == RspamdReport(
        score=5.2, required=15.0, action="no action", symbols=(("BAD_LINK", 4.5), ("R_SPF_ALLOW", -0.2))
    )
    assert parse_message(f"{LMTP}{MX}{PEER}{report}\nbody".encode(), authserv_ids=OURS).rspamd is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Return-Path: <Bounce@Example.ORG>\n" + MX, "Bounce@example.org"),
        ("Return-Path: <>\n" + MX, ""),
        (MX + "Return-Path: <forged@x.example>\n", None),
        ("", None),
    ],
)
def test_mail_from(head: str, expected: str | None) -> None:
    """The envelope sender is what final delivery put on top (RFC 5321 4.4)."""
    assert parse_message(f"{head}Subject: x\n\nbody".encode()).mail_from == expected


def test_list_facts() -> None:
    """List and automation fields are read (RFC 2369, 2919, 8058, 3834)."""
    raw = (
        b"List-Id: The list <News.Example.org>\nList-Unsubscribe: <mailto:u@x.example>, <https://x.example/u?1>\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\nList-Post: <mailto:l@x.example>\nPrecedence: Bulk\n"
        b"Auto-Submitted: auto-generated (nightly); x=y\nFeedback-ID: a:b\n\nbody"
    )
    lists = parse_message(raw).lists

    assert (lists.list_id, lists.unsubscribe) == ("news.example.org", ("mailto:u@x.example", "https://x.example/u?1"))
    assert (lists.one_click, lists.list_post, lists.precedence) == (True, "mailto:l@x.example", "bulk")
    assert (lists.auto_submitted, lists.feedback_id) == ("auto-generated", "a:b")
    assert lists.is_list
    assert lists.is_automatic
