"""Authentication-Results (RFC 8601): what other servers write, and what a sender writes into our own field."""

from __future__ import annotations

import pytest

from glassdome.parse import parse_message
from glassdome.values.verdict import Label
from tests.unit.reports.build import hits, judged, parsed

PASSED = {("dkim", "pass", "sender.example"), ("dmarc", "pass", "sender.example"), ("spf", "pass", "sender.example")}
HEAD = "Authentication-Results: mail.example.org; {}\nReceived: from x by mail.example.org; now\n"
FROM_BANK = "From: Boss <boss@bank.example>\nTo: bob@example.net\nSubject: Test\n\nHello\n"


def _results(source: str | bytes) -> set[tuple[str, str, str]]:
    return {(r.method, r.result, r.domain) for r in parsed(source).authentication.results}


def _mail(field: str) -> bytes:
    return (HEAD.format(field) + FROM_BANK).encode()


@pytest.mark.parametrize(
    "name",
    ["ar_rspamd", "ar_version", "ar_gmail", "ar_reason_semicolon", "ar_method_version", "ar_split_milters",
     "ar_smtp_mailfrom_quoted"],
)  # fmt: skip
def test_all_three_results_are_read(name: str) -> None:
    """Comments, versions, blanks, quoted reasons and quoted local parts hide nothing that stands behind them."""
    assert _results(name) == PASSED


def test_no_result_and_a_forged_field() -> None:
    """`none` is no result; a field of our name below our own Received is not ours."""
    assert _results("ar_none") == set()
    assert _results("ar_forged_below") == {("dkim", "fail", "sender.example")}


@pytest.mark.parametrize(
    "name", ["as_quoted_localpart", "as_quoted_dkim_i", "as_dmarc_fail_spf_sub", "as_mailfrom_space"]
)
def test_a_sender_cannot_authenticate_himself(name: str) -> None:
    """DMARC failed, so the mail is not authenticated, whatever the local part says."""
    found = hits(name)

    assert "dmarc_fail" in found
    assert "authenticated" not in found


@pytest.mark.parametrize(
    "name",
    ["eva_control", "eva_quoted_spf", "eva_rspamd_plain", "eva_rspamd_plain_spf_first", "eva_rspamd_quoted_first"],
)
def test_the_trick_changes_nothing(name: str) -> None:
    """A mail in a bank's name that failed DMARC is phishing with a quoted sender as without one."""
    verdict = judged(name)

    assert (verdict.label, "dmarc_fail" in hits(name)) == (Label.PHISH, True)
    assert verdict.phishing_score == pytest.approx(judged("eva_control").phishing_score)


def test_results_behind_a_verp_sender() -> None:
    """Rspamd quotes a VERP sender as a whole; DMARC behind it is read, and DKIM for the bank counts."""
    assert _results("eva_rspamd_verp_ok") >= {("dmarc", "pass", "commerzbank.de"), ("spf", "pass", "commerzbank.de")}
    assert "authenticated" in hits("eva_rspamd_verp_ok")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        # Mail programs and servers as they write it.
        ('dkim=pass (2048-bit key; unprotected) header.d=a.example header.i=@a.example header.b="x/+=="',
         {("dkim", "pass", "a.example")}),
        ("dkim=pass (a (nested; comment) here) header.d=a.example", {("dkim", "pass", "a.example")}),
        ("dkim=pass (an escaped \\) parenthesis; spf=pass) header.d=a.example", {("dkim", "pass", "a.example")}),
        ("dkim=pass header . d = a.example", {("dkim", "pass", "a.example")}),
        ("dkim=pass header.d=\n\ta.example;\n\tspf=none smtp.mailfrom=b.example",
         {("dkim", "pass", "a.example"), ("spf", "none", "b.example")}),
        ('spf=pass smtp.mailfrom="a;b"@c.example; dkim=none', {("spf", "pass", "c.example"), ("dkim", "none", "")}),
        ('spf=pass smtp.mailfrom="a\\"b"@c.example; dkim=none', {("spf", "pass", "c.example"), ("dkim", "none", "")}),
        ('spf=pass smtp.mailfrom="a@b.example"@c.example', {("spf", "pass", "c.example")}),
        ('spf=pass smtp.mailfrom="\\"a@b.example\\"@c.example"', {("spf", "pass", "c.example")}),
        ("spf=pass smtp.mailfrom=prvs=1234abc=ann@c.example; dkim=pass header.d=c.example",
         {("spf", "pass", "c.example"), ("dkim", "pass", "c.example")}),
        ("spf=pass smtp.mailfrom=SRS0=ab=CD=x.example=ann@c.example", {("spf", "pass", "c.example")}),
        ("spf=pass smtp.mailfrom=<> smtp.helo=mx.c.example", {("spf", "pass", "")}),
        ("spf=pass smtp.helo=mx.c.example", {("spf", "pass", "mx.c.example")}),
        ("dmarc=pass action=none header.from=c.example; compauth=pass reason=100",
         {("dmarc", "pass", "c.example"), ("compauth", "pass", "")}),
        ("dkim=pass header.d=one.example; dkim=fail (bad) header.d=two.example",
         {("dkim", "pass", "one.example"), ("dkim", "fail", "two.example")}),
        ('dmarc=fail reason="No policy; ignored" (p=none) header.from=c.example', {("dmarc", "fail", "c.example")}),
        ("iprev=pass (mx.c.example) policy.iprev=192.0.2.1; auth=pass (plain) smtp.auth=ann@c.example",
         {("iprev", "pass", ""), ("auth", "pass", "")}),
        ("dkim=pass header.d=b\u00fccher.example", {("dkim", "pass", "b\u00fccher.example")}),
        (";; dkim=pass header.d=a.example ;", {("dkim", "pass", "a.example")}),
        ("dkim=pass", {("dkim", "pass", "")}),
        # A property of another method is no identity of this one.
        ("spf=pass header.from=bank.example", {("spf", "pass", "")}),
        ("dmarc=pass smtp.mailfrom=bank.example", {("dmarc", "pass", "")}),
    ],
)  # fmt: skip
def test_forms_of_the_field(field: str, expected: set[tuple[str, str, str]]) -> None:
    """Each form is read as the grammar says."""
    assert _results(_mail(field)) == expected


@pytest.mark.parametrize(
    "field",
    [
        'spf=pass smtp.mailfrom="x);dmarc=pass header.from=bank.example("@evil.example; dmarc=fail header.from=bank.example',
        "spf=pass smtp.mailfrom=x;dmarc=pass header.from=bank.example;@evil.example; dmarc=fail header.from=bank.example",
        "spf=pass (domain of x(@evil.example) smtp.mailfrom=x(@evil.example; dmarc=fail header.from=bank.example",
        'spf=pass (domain of "x(y"@evil.example) smtp.mailfrom="x(y"@evil.example; dmarc=fail header.from=bank.example',
        'spf=pass (domain of "x)"@evil.example) smtp.mailfrom="x)"@evil.example; dmarc=fail header.from=bank.example',
        'spf=pass smtp.mailfrom=x"y@evil.example; dmarc=fail header.from=bank.example',
        "spf=pass smtp.mailfrom=x\\; dkim=pass header.d=bank.example; dmarc=fail header.from=bank.example",
        "spf=pass smtp.mailfrom=bank.example y@evil.example; dmarc=fail header.from=bank.example",
        "dkim=pass header.i=@bank.example x@evil.example; dmarc=fail header.from=bank.example",
        "dmarc=pass header.from=bank.example x; dmarc=fail header.from=bank.example",
        "spf=pass smtp.mailfrom=bank.example; dkim=pass header.d=bank.example; dmarc=fail/header.from=bank.example",
    ],
)
def test_a_hidden_failure_is_found(field: str) -> None:
    """However the sender's words break the field, a DMARC failure behind them stands, and he is not authenticated."""
    found = hits(_mail(field))

    assert "dmarc_fail" in found
    assert "authenticated" not in found


@pytest.mark.parametrize(
    "field",
    [
        "spf=pass smtp.mailfrom=bank.example y@evil.example",
        'spf=pass smtp.mailfrom="bank.example"x y@evil.example',
        "dkim=pass header.i=bank.example y@evil.example",
        "dkim=pass header.d=evil.example (x; dkim=pass header.d=bank.example",
        'spf=pass (of "x);dkim=pass header.d=bank.example("@evil.example) smtp.mailfrom="x"@evil.example',
    ],
)
def test_ambiguous_text_proves_nothing(field: str) -> None:
    """Nobody is authenticated by text that can be read in two ways."""
    assert "authenticated" not in hits(_mail(field))


def test_a_signers_word_does_not_vouch_for_the_mailbox_itself() -> None:
    """A mail in the reader's own name that only another domain signed is not his."""
    head = HEAD.format("dkim=pass header.d=evil.example; dmarc=none header.from=example.net")
    own = (head + "From: bob@example.net\nTo: bob@example.net\nSubject: x\n\nHello\n").encode()

    assert "from_own_mailbox" in hits(own, mailbox="bob@example.net")


@pytest.mark.parametrize(
    ("account", "author", "vouched"),
    [
        ("ann@c.example", "Ann <ann@c.example>", "c.example"),
        ("Ann@C.example", "Ann <ann@c.example>", "c.example"),
        ("ann@c.example", "Ben <ben@c.example>", ""),
        ("ann@c.example", "Ann <ann@bank.example>", ""),
        ("ann", "Ann <ann@c.example>", ""),
    ],
)
def test_a_mail_of_who_logged_in_here_is_vouched_for_in_its_own_name_alone(
    account: str, author: str, vouched: str
) -> None:
    """Servers write no SPF, DKIM or DMARC result for what their own users hand in."""
    field = f"Authentication-Results: mx.example.org; auth=pass smtp.auth={account} smtp.mailfrom={account}"
    raw = f"{field}\r\nFrom: {author}\r\nTo: team@c.example\r\nSubject: s\r\n\r\nHello\r\n".encode()
    found = parse_message(raw, authserv_ids=frozenset({"mx.example.org"})).authenticity
    assert (found.checked, found.organization) == (True, vouched)


def test_a_login_that_another_server_saw_vouches_for_nobody() -> None:
    """Only our own server's word counts."""
    field = "Authentication-Results: mx.evil.example; auth=pass smtp.auth=ann@c.example"
    raw = f"{field}\r\nFrom: Ann <ann@c.example>\r\n\r\nHello\r\n".encode()
    assert not parse_message(raw, authserv_ids=frozenset({"mx.example.org"})).authenticity
