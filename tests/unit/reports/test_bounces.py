"""Delivery reports: known by shape and words, no phish for what they return; a phish dressed as one is found."""

from __future__ import annotations

import pytest

from glassdome.values.verdict import Label
from tests.unit.reports.bounces import BOUNCES, DELAYS, RETURNED
from tests.unit.reports.build import FOLDER, hits, judged, parsed

EVIL = "https://mail-release.example/verify?u=bob"
STATUS = (
    "Reporting-MTA: dns; mail.example.org\n\nFinal-Recipient: rfc822; joe@example.com\nAction: failed\nStatus: 5.1.1\n"
)


def _mail(sender: str, subject: str, text: str, *, path: str = "<>", head: str = "") -> bytes:
    fields = (
        f"Return-Path: {path}\nReceived: from x by mail.example.org; now\nFrom: {sender}\nTo: Bob <bob@example.net>\n"
    )
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n"
    return f"{fields}Subject: {subject}\n{head}{kind}\n{text.replace('COPY', RETURNED)}\n".encode()


def _report(own: str, kind: str, status: str, returned: str, *, own_type: str = "text/plain") -> bytes:
    parts = [
        f"Content-Type: {own_type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{own}",
        f"Content-Type: message/{kind}\n\n{status}",
        f"Content-Type: message/rfc822\n\n{returned}",
    ]
    body = "".join(f"--B\n{part}\n" for part in parts) + "--B--\n"
    head = (
        "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mail.example.org>\nTo: bob@example.net\n"
        f"Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=B; report-type={kind}\n"
    )
    return f"{head}\n{body}".encode()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("bo_*.eml")))
def test_templates_of_common_servers(name: str) -> None:
    """Reported: harmless, of category bounce, and automatic."""
    verdict = judged(name)

    assert (verdict.label, verdict.categories) == (Label.HAM, ("bounce",))
    assert "automatic" in verdict.tags
    assert verdict.auto_reply_suggestion is None


@pytest.mark.parametrize("name", ["rp_dsn_good", "rp_ndr_exchange", "rp_dsn_delay", "rp_qmail"])
def test_reports(name: str) -> None:
    """Reports of a failure and of a delay are bounces, not phishing."""
    assert (judged(name).label, judged(name).categories) == (Label.HAM, ("bounce",))


def test_a_report_that_returns_a_phish() -> None:
    """It is a bounce, nobody answers it, and the link stays a fact."""
    verdict = judged("rp_dsn")

    assert (verdict.categories, verdict.auto_reply_suggestion) == (("bounce",), None)
    assert "returned" in {link.place for link in parsed("rp_dsn").links}


def test_a_forwarded_bounce_and_a_receipt() -> None:
    """A person who forwards a bounce did not bounce; a read receipt is automatic and is not answered."""
    assert set(judged("rp_forwarded_bounce").categories) <= {"work", "personal"}
    assert judged("rp_mdn").auto_reply_suggestion is None
    assert "automatic" in judged("rp_mdn").tags


@pytest.mark.parametrize("server", BOUNCES)
def test_bounces_in_plain_text(server: str) -> None:
    """The servers' words are known, and a phish that was sent in the reader's name counts neither by text nor by link."""
    raw = _mail(*BOUNCES[server])
    verdict, report = judged(raw), parsed(raw).report

    assert report is not None
    assert (report.kind, verdict.label, verdict.categories) == ("bounce", Label.HAM, ("bounce",))
    assert "paypa1" not in parsed(raw).new_text


@pytest.mark.parametrize("server", DELAYS)
def test_delays_in_plain_text(server: str) -> None:
    """A warning that a mail is late is a bounce by category, and known as a delay."""
    raw = _mail(*DELAYS[server])
    report = parsed(raw).report

    assert report is not None
    assert (report.kind, judged(raw).label, judged(raw).categories) == ("delay", Label.HAM, ("bounce",))


@pytest.mark.parametrize("own_type", ["text/plain", "text/html"])
def test_a_phish_returned_in_the_readers_name(own_type: str) -> None:
    """A valid report that returns what somebody sent as the reader is harmless; the links are named as facts."""
    raw = _report(
        "Your message could not be delivered.\n550 5.1.1", "delivery-status", STATUS, RETURNED, own_type=own_type
    )

    assert judged(raw).label is Label.HAM
    assert {"delivery_report", "returned_link"} <= hits(raw)
    assert "link_lookalike" not in hits(raw)


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("delivery-status", STATUS, "bounce"),
        ("delivery-status", STATUS.replace("failed", "Failed (permanent)"), "bounce"),
        ("delivery-status", STATUS.replace("failed", "delayed").replace("5.1.1", "4.4.1"), "delay"),
        ("delivery-status", STATUS.replace("failed", "delivered").replace("5.1.1", "2.0.0"), "success"),
        ("delivery-status", STATUS.replace("failed", "relayed").replace("5.1.1", "2.0.0"), "success"),
        ("delivery-status", STATUS.replace("failed", "expanded").replace("5.1.1", "2.0.0"), "success"),
        ("delivery-status", STATUS.replace("Action: failed\n", ""), "bounce"),
        ("global-delivery-status", STATUS, "bounce"),
        ("delivery-status", STATUS + "\nFinal-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0\n", "bounce"),
        ("disposition-notification", "Final-Recipient: rfc822;bob@example.net\nDisposition: manual-action/MDN-sent-manually; displayed\n",
         "receipt"),
        ("disposition-notification", "Final-Recipient: rfc822;bob@example.net\nDisposition: automatic-action/MDN-sent-automatically; deleted\n",
         "receipt"),
        ("feedback-report", "Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n", "complaint"),
    ],
)  # fmt: skip
def test_reports_by_their_shape(kind: str, status: str, expected: str) -> None:
    """Each kind of RFC 3464, 8098 and 5965 is known by its fields, and none is a phish for what it returns."""
    raw = _report("See below.", kind, status, RETURNED)
    report, verdict = parsed(raw).report, judged(raw)

    assert report is not None
    assert (report.kind, verdict.label) == (expected, Label.HAM)
    assert verdict.categories == (("bounce",) if expected in ("bounce", "delay") else ("notification",))
    assert verdict.auto_reply_suggestion is None


@pytest.mark.parametrize("status", ["", "Hello", "Action: failed\n"])
def test_what_only_claims_to_be_a_report(status: str) -> None:
    """Without the fields that the format asks for it is no report by its shape."""
    assert parsed(_report("Hello", "delivery-status", status, RETURNED)).report is None


PHISH = [
    f"Your mail could not be delivered because your mailbox is full. Sign in to release 5 pending messages: {EVIL}",
    f"550 5.2.2 Quota exceeded. Verify your account now or it will be closed within 24 hours: {EVIL}",
    f"Delivery has failed to these recipients or groups: 7 incoming messages are on hold. Confirm your password to release them: {EVIL}",
]


@pytest.mark.parametrize("text", PHISH)
@pytest.mark.parametrize("path", ["<>", "<x@mail-release.example>"])
def test_a_phish_dressed_as_a_bounce(text: str, path: str) -> None:
    """A lure with a link in the report's own words is a phish, by whatever name and envelope it comes."""
    raw = _mail(
        "Mail Delivery System <mailer-daemon@mail-release.example>",
        "Undelivered Mail Returned to Sender",
        text,
        path=path,
    )

    assert judged(raw).label is Label.PHISH
    assert "delivery_report" not in hits(raw)


@pytest.mark.parametrize("text", PHISH)
def test_a_phish_in_the_own_part_of_a_valid_report(text: str) -> None:
    """A complete report of valid structure helps a phish nothing, if its own part has the lure."""
    raw = _report(
        f'<p>{text}</p><p><a href="{EVIL}">Release messages</a></p>',
        "delivery-status",
        STATUS,
        RETURNED,
        own_type="text/html",
    )

    assert judged(raw).label is Label.PHISH


def test_a_strangers_mail_in_a_report_counts() -> None:
    """Mail that the reader never sent is not returned mail of theirs: its links count."""
    stranger = RETURNED.replace("bob@example.net", "service@paypa1-secure.example")

    found = hits(_report("Your message could not be delivered.", "delivery-status", STATUS, stranger))

    assert "link_lookalike" in found
    assert "delivery_report" not in found


@pytest.mark.parametrize(
    ("change", "to"),
    [
        (b"Return-Path: <>", b"Return-Path: <a@evil.example>"),
        (b"MIME-Version", b"Reply-To: help@evil.example\nMIME-Version"),
        (
            b"Return-Path: <>",
            b"Return-Path: <>\nAuthentication-Results: mail.example.org; dmarc=fail header.from=mail.example.org",
        ),
    ],
)
def test_what_no_mail_server_does(change: bytes, to: bytes) -> None:
    """An envelope sender, answers to elsewhere, a failed DMARC: no report is believed."""
    raw = _report("Your message could not be delivered.", "delivery-status", STATUS, RETURNED)

    assert "delivery_report" in hits(raw)
    assert "delivery_report" not in hits(raw.replace(change, to, 1))


def test_words_alone_make_no_report() -> None:
    """A person who writes about a bounce has not bounced."""
    raw = _mail(
        "Ann <ann@example.org>", "Undelivered Mail Returned to Sender", BOUNCES["exim"][2], path="<ann@example.org>"
    )

    assert parsed(raw).report is None


@pytest.mark.parametrize("mailbox", ["bob@example.net", "sales@example.net"])
def test_whose_mail_is_returned(mailbox: str) -> None:
    """An alias, a tag and VERP keep the domain; of a free mail provider the whole address must match."""
    own = RETURNED.replace("bob@example.net", mailbox)
    report = _report("Your message could not be delivered.", "delivery-status", STATUS, own)
    free = report.replace(b"To: bob@example.net", b"To: bob@gmail.com").replace(mailbox.encode(), b"eve@gmail.com")

    assert "delivery_report" in hits(report)
    assert "delivery_report" not in hits(free)
    assert "delivery_report" in hits(free.replace(b"To: bob@gmail.com", b"To: eve+bounce@gmail.com"))


def test_a_lure_dressed_as_a_report() -> None:
    """No mail server asks its reader to sign in, whatever refusals and null senders the mail shows."""
    raw = _mail(
        "Mail Delivery Subsystem <mailer-daemon@evil.example>",
        "Delivery Status Notification (Failure)",
        f"** Delivery failed **\nYou have 7 undelivered incoming mails. 552 5.2.2. Sign in to retrieve them: {EVIL}",
    )

    assert "false_report" in hits(raw)
    assert judged(raw).label is Label.PHISH
