"""Authentication-Results as today's servers and filters write them (RFC 8601), and names that only look like ours."""

from __future__ import annotations

import pytest

from tests.unit.reports.build import hits, parsed

REST = "From: Ann <ann@a.example>\nTo: bob@example.net\nSubject: Test\n\nHello\n"
ALL = {("dkim", "pass", "a.example"), ("dmarc", "pass", "a.example"), ("spf", "pass", "a.example")}
DKIM, SPF = ("dkim", "pass", "a.example"), ("spf", "pass", "a.example")


def _mail(*fields: str) -> bytes:
    return "".join(f"Authentication-Results: {field}\n" for field in fields).encode() + REST.encode()


def _results(*fields: str) -> set[tuple[str, str, str]]:
    found = parsed(_mail(*fields)).authentication
    return (
        {(r.method, r.result, r.domain) for r in found.results if r.method in ("spf", "dkim", "dmarc")}
        if found.trusted
        else set()
    )


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        # Exchange Online, OpenDMARC, OpenDKIM, policyd-spf, amavis, Fastmail, Google, Zoho, Stalwart.
        ("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=pass (signature was verified) header.d=a.example;dmarc=pass action=none "
         "header.from=a.example;compauth=pass reason=100", ALL),
        ("dmarc=pass (p=reject dis=none) header.from=a.example", {("dmarc", "pass", "a.example")}),
        ("dmarc=pass (policy=none) header.from=a.example", {("dmarc", "pass", "a.example")}),
        ("dmarc=pass policy.published-domain-policy=reject policy.applied-disposition=none policy.evaluated-disposition=none (p=reject,d=none) "
         "policy.policy-from=p header.from=a.example", {("dmarc", "pass", "a.example")}),
        ("spf=Pass (mailfrom) smtp.mailfrom=a.example (client-ip=192.0.2.1; helo=mx.a.example; envelope-from=ann@a.example; receiver=<UNKNOWN>)", {SPF}),
        ("SPF=PASS SMTP.MailFrom=Ann@A.Example", {SPF}),
        ("spf=pass (google.com: domain of ann@a.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=ann@a.example", {SPF}),
        ("spf=pass (google.com: best guess record for domain of ann@a.example designates 2001:db8::1 as permitted sender) smtp.mailfrom=ann@a.example", {SPF}),
        ('spf=pass smtp.mailfrom="bounces+123=bob=example.net@a.example"', {SPF}),
        ("spf=pass smtp.mailfrom=<ann@a.example>", {SPF}),
        ("spf=pass smtp.mailfrom=a.example smtp.helo=mx.a.example", {SPF}),
        ("spf=pass smtp.helo=mx.a.example smtp.mailfrom=a.example", {SPF}),
        ("spf=pass (mx: record ok) smtp.mailfrom=ann@a.example smtp.remote-ip=192.0.2.1", {SPF}),
        ("spf=softfail (a.example: 192.0.2.1 is not allowed) smtp.mailfrom=a.example", {("spf", "softfail", "a.example")}),
        ("dkim=permerror (no key for signature) header.d=a.example; dkim=temperror header.d=b.example",
         {("dkim", "permerror", "a.example"), ("dkim", "temperror", "b.example")}),
        ('dkim=pass (2048-bit key) header.d=a.example header.i=@a.example header.b="a;b=="; dkim-atps=neutral', {DKIM}),
        ("dkim=pass header.i=@mail.a.example header.s=s1 header.b=Xy12", {("dkim", "pass", "mail.a.example")}),
        ('dkim=pass header.d="a.example"', {DKIM}),
        ("dkim=pass reason=ok header.d=a.example", {DKIM}),
        ("dkim (x) = (y) pass (z) header.d (q) = (r) a.example", {DKIM}),
        ("dkim=pass (2048-bit rsa key sha256) header.d=a.example header.i=@a.example header.b=X header.a=rsa-sha256 header.s=s x-bits=2048; spf=pass "
         "smtp.mailfrom=ann@a.example smtp.helo=mx.a.example; x-aligned-from=pass (Address match); x-ptr=pass smtp.helo=mx policy.ptr=mx", {DKIM, SPF}),
        ("arc=pass (i=2 spf=pass spfdomain=b.example dkim=pass dkdomain=b.example dmarc=pass fromdomain=b.example); dkim=pass header.d=a.example", {DKIM}),
        ("arc=pass smtp.remote-ip=192.0.2.1 oldest-pass=1; dmarc=pass header.from=a.example", {("dmarc", "pass", "a.example")}),
        ("bimi=pass header.d=b.example header.selector=default policy.authority=pass; dmarc=pass header.from=a.example", {("dmarc", "pass", "a.example")}),
        ("dkim=pass (1024-bit key;\n\tunprotected) header.d=a.example;\n spf=pass\n\tsmtp.mailfrom=a.example", {DKIM, SPF}),
        ("dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=a.example", {("dkim", "none", "none"), ("dmarc", "none", "a.example")}),
        ("dkim=pass header.d=a.example;", {DKIM}),
        ("dkim=pass\n header.d=a.example ; spf=pass\n smtp.mailfrom=a.example ;\n", {DKIM, SPF}),
        ("vbr=pass header.md=vouch.example; dkim=pass header.d=a.example", {DKIM}),
        ("domainkeys=neutral (no sig) header.from=b.example; dkim=pass header.d=a.example", {DKIM}),
    ],
)  # fmt: skip
def test_forms_of_servers(field: str, expected: set[tuple[str, str, str]]) -> None:
    """Each result with the domain it is about, and nothing of comments and reasons."""
    assert _results(f"mail.example.org; {field}") == expected


@pytest.mark.parametrize(
    "name", ["mail.example.org (amavisd-new)", '"mail.example.org"', "MAIL.EXAMPLE.ORG", "(ours) mail.example.org", "mail.example.org 1", "\n\tmail.example.org",
             "mail.example.org (a; b) 1"],
)  # fmt: skip
def test_our_name(name: str) -> None:
    """RFC 8601 2.2: a value between comments, in any case, with a version."""
    assert _results(f"{name}; dkim=pass header.d=a.example") == {DKIM}


@pytest.mark.parametrize(
    "field",
    ["mail.example.org.evil.example; dkim=pass header.d=a.example", "evil.example; dkim=pass header.d=a.example", "xmail.example.org; dkim=pass header.d=a.example",
     "(mail.example.org) evil.example; dkim=pass header.d=a.example", "evil.example (mail.example.org); dkim=pass header.d=a.example",
     "evil.example mail.example.org; dkim=pass header.d=a.example", "=?utf-8?q?mail=2Eexample=2Eorg?=; dkim=pass header.d=a.example",
     "mail.example.org/evil; dkim=pass header.d=a.example", "mail.example.org\u200b; dkim=pass header.d=a.example", "; mail.example.org; dkim=pass header.d=a.example",
     "mail.example.org@evil.example; dkim=pass header.d=a.example", "dkim=pass header.d=a.example"],
)  # fmt: skip
def test_a_name_that_is_not_ours(field: str) -> None:
    """Nobody else's word counts, whatever name it carries beside its own."""
    assert _results(field) == set()


@pytest.mark.parametrize(
    "fields",
    [
        ("dmarc=bestguesspass action=none header.from=a.example",), ("spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example",),
        ("dkim=pass header.d=example",), ("dkim=fail header.d=a.example (pass)",), ("dkim=none; spf=pass smtp.mailfrom=a.example.evil.example",),
        ("dkim=pass header.d=a.example@evil.example",), ("dkim=neutral (body hash did not verify; dkim=pass header.d=a.example)",),
        ("x-dkim=pass header.d=a.example",), ("dkim-adsp=pass header.from=a.example",), ("dmarc=pass header.from=evil.example",),
        ("spf=pass smtp.mailfrom=evil.example (smtp.mailfrom=a.example)",), ("dkim=passed header.d=a.example",),
        ("dmarc=fail header.from=a.example", "dmarc=pass header.from=a.example"),
    ],
)  # fmt: skip
def test_no_proof(fields: tuple[str, ...]) -> None:
    """Other domains, other methods and other words than `pass` vouch for nobody."""
    assert "authenticated" not in hits(_mail(*(f"mail.example.org; {field}" for field in fields)))


def test_one_domain_in_two_spellings() -> None:
    """The A-label of a result and the U-label in From are one (RFC 8616)."""
    field = "mail.example.org; dmarc=pass header.from=xn--bcher-kva.example; dkim=pass header.d=xn--bcher-kva.example"
    raw = f"Authentication-Results: {field}\nFrom: Ann <ann@b\u00fccher.example>\nTo: bob@example.net\nSubject: x\n\nHello\n"

    assert "authenticated" in hits(raw.encode())
