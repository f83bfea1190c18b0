"""Links in plain text and behind services that pass a reader on, words for a password, and dates, as mail has them."""

from __future__ import annotations

import json

import pytest

from glassdome.core.errors import OutputInvalid
from glassdome.engine.llm.decode import decode
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.parse.date import parse_date
from glassdome.signals.passwords import given_password
from tests.servers.model_answers import reading
from tests.unit.reports.build import hits, judged, parsed

OWN = frozenset({"corp.example"})
HEAD = "From: Shop <shop@acme.example>\nTo: Bob <bob@example.net>\nSubject: Test\nMIME-Version: 1.0\n"
GOOD = "https%3A%2F%2Fwww.acme.example%2Finvoice"


def _page(url: str, shown: str) -> bytes:
    anchor = f'<a href="{url.replace("&", "&amp;")}">{shown}</a>'
    return f"{HEAD}Content-Type: text/html; charset=utf-8\n\n<p>Your invoice is ready.</p>{anchor}\n".encode()


@pytest.mark.parametrize(
    "url",
    [
        # FortiMail and others run on a host of the reader's own organization.
        f"https://mail.corp.example/fmlurlsvc/?fewReq=:B:JVw5&url={GOOD}",
        f"https://gateway.corp.example/link?u={GOOD}&k=abc123&sig=00ff00ff",
        f"https://scan.corp.example/click/{GOOD}",
        "https://links.us1.defend.egress.com/Warning?crId=66f0&Domain=example.net&Threat=eNp&Lang=en&Base64Url=eNrLKCkpsNLXLy8v10tMzk3VS61IzC3ISdXLL0oHAG2aCLU%3D",
        "https://shared.outlook.inky.com/link?domain=www.acme.example&t=h.eJxNj8FuwjAQRH8l8rk",
        f"https://scanmail.trustwave.com/?c=123&d=abcdef&u={GOOD}",
        "https://url.serverdata.net/?aBcDeF",
        "https://protect-de.mimecast.com/r/AbCdEf?domain=www.acme.example",
        f"https://urldefense.us/v2/url?u={GOOD.replace('%', '-').replace('-2F', '_')}&d=DwMFaQ&c=x&r=y",
        f"https://cas5-0-urlprotect.trendmicro.com/wis/clicktime/v1/query?url={GOOD}&umid=1&auth=2",
        f"https://can01.safelinks.protection.outlook.com/?url={GOOD}%3Fa%3D1&amp;data=05",
    ],
)  # fmt: skip
def test_a_gateway_in_front_is_nobodys_lie(url: str) -> None:
    """The sender's own address is shown; the gateway of the reader's side stands before it."""
    found = hits(_page(url, "https://www.acme.example/invoice"), own_domains=OWN)

    assert not found & {"link_text_mismatch", "link_foreign", "link_redirector"}


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.de/url?sa=t&q=https%3A%2F%2Fpaypa1-login.example%2Fverify", "https://www.bing.com/ck/a?!&&p=x&u=a1aHR0cHM6Ly9wYXlwYTEtbG9naW4uZXhhbXBsZS92ZXJpZnk&ntb=1",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fpaypa1-login.example%2Fverify&h=AT0", "https://www.youtube.com/redirect?q=https%3A%2F%2Fpaypa1-login.example%2F",
        "https://slack-redir.net/link?url=https%3A%2F%2Fpaypa1-login.example%2F", "https://vk.com/away.php?to=https%3A%2F%2Fpaypa1-login.example%2F",
        "https://www.google.com/amp/s/paypa1-login.example/verify", "https://translate.google.com/translate?sl=en&u=https%3A%2F%2Fpaypa1-login.example%2F",
        "https://googleads.g.doubleclick.net/pcs/click?xai=x&adurl=https://paypa1-login.example/", "https://t.umblr.com/redirect?z=https%3A%2F%2Fpaypa1-login.example%2F",
        "https://nam01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fpaypa1-login.example%252F",
        "https://web.archive.org/web/2026/https://paypa1-login.example/", "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fpaypa1-login.example%2F",
    ],
)  # fmt: skip
def test_a_service_that_passes_on(url: str) -> None:
    """The target behind a well-known service counts, or it says that the link passes on."""
    raw = _page(url, "https://www.paypal.com/signin")

    assert hits(raw) & {"link_lookalike", "link_redirector"}
    assert "link_text_mismatch" in hits(raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[read it](https://a.example/x)", ["https://a.example/x"]), ("*https://a.example/x*", ["https://a.example/x"]), ("_https://a.example/x_", ["https://a.example/x"]),
        ('"https://a.example/x"', ["https://a.example/x"]), ("'https://a.example/x'", ["https://a.example/x"]), ("https://a.example/x?y=(z)", ["https://a.example/x?y=(z)"]),
        ("https://a.example/x;y=1, then", ["https://a.example/x;y=1"]), ("https://a.example/x…", ["https://a.example/x"]), ("https://a.example/x)", ["https://a.example/x"]),
        ("«https://a.example/x»", ["https://a.example/x"]), ("HTTPS://A.EXAMPLE/X", ["HTTPS://A.EXAMPLE/X"]), ("http://[2001:db8::1]/x", ["http://[2001:db8::1]/x"]),
        ("https://a.example:8443/x!", ["https://a.example:8443/x"]), ("https://a.example/x\nhttps://b.example/", ["https://a.example/x", "https://b.example/"]),
        ("https://a.example/?a=1&b=2#c.", ["https://a.example/?a=1&b=2#c"]), ("Link:https://a.example/x", ["https://a.example/x"]), ("https://a.example/x<br>", ["https://a.example/x"]),
        ("https://a.example/~max/%20x", ["https://a.example/~max/%20x"]), ("https://a.example|b", ["https://a.example"]), ("(see https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("https://a.example/x”", ["https://a.example/x"]), ("> https://a.example/x", ["https://a.example/x"]),
    ],
)  # fmt: skip
def test_links_in_text(text: str, expected: list[str]) -> None:
    """As mail programs make them clickable."""
    raw = f"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()

    assert [link.url for link in parsed(raw).links] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<mailto:u@x.example?subject=a,\n b>", ["mailto:u@x.example?subject=a,b"]), ("<https://x.example/a,b>", ["https://x.example/a,b"]),
        ("<https://x.example/u>; <mailto:u@x.example>", ["https://x.example/u", "mailto:u@x.example"]), ("< https://x.example/u >", ["https://x.example/u"]),
        ('"<https://x.example/u>"', ["https://x.example/u"]), ("<<https://x.example/u>>", ["https://x.example/u"]), ("<HTTPS://X.EXAMPLE/u>", ["HTTPS://X.EXAMPLE/u"]),
        ("<https://x.example/u>\nList-Unsubscribe: <mailto:u@x.example>", ["https://x.example/u", "mailto:u@x.example"]),
        ("<tel:+1234>", []), ("<https://x.example/u><mailto:u@x.example>", ["https://x.example/u", "mailto:u@x.example"]),
    ],
)  # fmt: skip
def test_ways_out_of_a_list(value: str, expected: list[str]) -> None:
    """RFC 2369 3.2 and what senders make of it."""
    assert [
        way.replace("HTTPS://X.EXAMPLE", "HTTPS://X.EXAMPLE")
        for way in parsed(f"{HEAD}List-Unsubscribe: {value}\n\nHello\n".encode()).lists.unsubscribe
    ] == expected


@pytest.mark.parametrize(
    "text",
    ["Das Passwort lautet: 4821", "Lösenord: 4821", "Adgangskode: 4821", "Passord: 4821", "Salasana: 4821", "Jelszó: 4821", "Parola: 4821", "Κωδικός: 4821", "Şifre: 4821",
     "סיסמה: 4821", "كلمة المرور: 4821", "パスワード：4821", "解凍パスワードは 4821 です", "Contraseña: 4821", "La clave es 4821", "Пароль: 4821", "Mật khẩu: 4821",
     "Kata sandi: 4821", "รหัสผ่าน: 4821", "पासवर्ड: 4821", "Lozinka: 4821", "Heslo: 4821", "Парола: 4821", "Use 4821 to open the file", "The archive is protected, unlock it with 4821",
     "Geslo: 4821", "Slaptažodis: 4821", "Parool: 4821", "Contrasenya: 4821", "解压密码：4821", "密碼: 4821", "압축 비밀번호: 4821", "Mot de passe : 4821"],
)  # fmt: skip
def test_words_for_a_password(text: str) -> None:
    """The password stands in the mail, in any language."""
    assert given_password(f"Hello,\n\n{text}\n")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 1 Jun 2026 10:00:00 -0000", "2026-06-01T10:00:00+00:00"), ("Mon, 1 Jun 2026 10:00 UT", "2026-06-01T10:00:00+00:00"), ("Mon, 01 Jun 2026 10:00:00 Z", "2026-06-01T10:00:00+00:00"),
        ("Mon, 1 Jun 2026 10:00:00 +02:00", "2026-06-01T10:00:00+02:00"), ("Mon, 1 Jun 2026 10:00:00 UTC+0200", "2026-06-01T10:00:00+02:00"), ("Mon,1 Jun 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"),
        ("Mon, 1-Jun-2026 10:00:00 GMT", "2026-06-01T10:00:00+00:00"), ("Monday, 01-Jun-26 10:00:00 GMT", "2026-06-01T10:00:00+00:00"), ("2026-06-01T10:00:00Z", "2026-06-01T10:00:00+00:00"),
        ("2026-06-01T10:00:00.123+02:00", "2026-06-01T10:00:00+02:00"), ("2026-06-01 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("Jun 1, 2026 10:00:00 AM +0200", "2026-06-01T10:00:00+02:00"),
        ("Mon, Jun 1 2026 10:00:00 PM +0200", "2026-06-01T22:00:00+02:00"), ("Mon, 1 Jun 26 10:00:00 EDT", "2026-06-01T10:00:00-04:00"), ("Mon, 1 Jun 2026 10:00:00 +0530", "2026-06-01T10:00:00+05:30"),
        ("Tue, 1 Jun 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("lun., 1 juin 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("seg., 1 jun. 2026 10:00:00 -0300", "2026-06-01T10:00:00-03:00"),
        ("pon, 1 cze 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("lun, 1 giu 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("ma, 1 kesä 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"),
        ("1 Haz 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"), ("Mon, 1 Jun 2026 10.00.00 +0200", "2026-06-01T10:00:00+02:00"), ("Mon, 1 Jun 2026 10:00:00 XYZ", "2026-06-01T10:00:00+00:00"),
        ("Mon, 1 Jun 2026 10:00:00 AEST", "2026-06-01T10:00:00+10:00"), ("Mon, 1 Jun 2026 10:00:00 MSK", "2026-06-01T10:00:00+03:00"), ("Mon, 1 Jun 2026 10:00:00 +0200 (W. Europe Daylight Time)", "2026-06-01T10:00:00+02:00"),
        ("Mon, 1 Jun 2026 10:00:00.000 +0200", "2026-06-01T10:00:00+02:00"), ("Mon, 1 Jun 2026 10:00:00 GMT+02:00", "2026-06-01T10:00:00+02:00"), ("Mon, 1 Jun 2026, 10:00:00 +0200", "2026-06-01T10:00:00+02:00"),
        ("Mon, 1. Jun 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("Mon, 1st Jun 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("2026/06/01 10:00:00 +0900", "2026-06-01T10:00:00+09:00"),
        ("Mon, 1 czerwca 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("po, 1 června 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("hétfő, 1 június 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("Δευ, 1 Ιουνίου 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"), ("1 Haziran 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"), ("1 kesäkuuta 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"), ("1 червня 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"), ("lun 1 giugno 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"), ("1 iunie 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"), ("1 mai 2026 10:00:00 +0300", "2026-05-01T10:00:00+03:00"), ("3 października 2026 10:00:00 +0200", "2026-10-03T10:00:00+02:00"), ("1 ledna 2026 10:00:00 +0100", "2026-01-01T10:00:00+01:00"), ("May 1 2026 10:00:00 +0200", "2026-05-01T10:00:00+02:00"), ("20260601T100000Z", "2026-06-01T10:00:00+00:00"), ("Mon, 1 Jun 2026 12:00:00 AM +0200", "2026-06-01T00:00:00+02:00"), ("Mon, 1 Jun 0026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"),
    ],
)  # fmt: skip
def test_dates(value: str, expected: str) -> None:
    """One moment is named, so it is read."""
    found = parse_date(value)

    assert found is not None
    assert found.replace(microsecond=0).isoformat() == expected


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 1 Jun 2026 25:00:00 +0000",
        "Mon, 32 Jun 2026 10:00:00 +0000",
        "0000-00-00 00:00:00",
        "Mon, 1 Foo 2026 10:00:00 +0000",
        "1780308000",
        "Mon, 29 Feb 2027 10:00:00 +0000",
    ],
)
def test_no_dates(value: str) -> None:
    """No such day, hour or month."""
    assert parse_date(value) is None


ANSWER = json.dumps(reading())


@pytest.mark.parametrize(
    "text",
    [
        f"<thinking>{{}}</thinking>\n{ANSWER}", f"<reasoning>so</reasoning>{ANSWER}", f"[THINK]so[/THINK]{ANSWER}", f"<|channel|>analysis<|message|>so<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}",
        f"<answer>{ANSWER}</answer>", f"~~~json\n{ANSWER}\n~~~", f"`{ANSWER}`", f"```JSON\r\n{ANSWER}\r\n```\r\n", f"{ANSWER}<|im_end|>", f"{ANSWER}</s>", f"{ANSWER}<|eot_id|>", f"assistant\n\n{ANSWER}",
        f"\u200b\ufeff{ANSWER}\u200b", f"Sure! Here is the JSON you asked for:\n\n{ANSWER}\n\nLet me know {{if}} you need more.", json.dumps(reading(), indent=4), json.dumps(reading(), ensure_ascii=True),
        f"{ANSWER}\n{ANSWER}", f"<think>\n\n</think>\n\n```json\n{ANSWER}\n```", f"JSON: {ANSWER};",
    ],
)  # fmt: skip
def test_answers(text: str) -> None:
    """The one object is read, whatever a template leaves around it."""
    assert decode(text, READING_SCHEMA)["priority"] == 5


@pytest.mark.parametrize(
    "text",
    [
        "null",
        '"' + ANSWER.replace('"', '\\"') + '"',
        "{}",
        "<think>" + ANSWER[:-1],
        "{'priority': 5}",
        ANSWER[1:],
        "NaN",
        ANSWER.replace(": 5", ": NaN", 1),
    ],
)
def test_no_answers(text: str) -> None:
    """Half an object, thoughts alone, another notation: refused in words."""
    with pytest.raises(OutputInvalid):
        decode(text, READING_SCHEMA)


def test_a_single_link_behind_an_unknown_gateway() -> None:
    """A proven sender's only link, to its own address, says nothing against it; in a stranger's mail it does."""
    shown = "https://www.acme.example/invoice"
    proof = b"Authentication-Results: mail.example.org; dmarc=pass header.from=acme.example\n"
    page = _page(f"https://mail.gateway.example/fmlurlsvc/?fewReq=:B:JVw5&url={GOOD}", shown)
    evil = page.replace(GOOD.encode(), b"https%3A%2F%2Fpaypa1-login.example%2Fverify")

    assert not hits(proof + page) & {"link_text_mismatch", "link_foreign", "link_redirector", "link_stranger"}
    assert judged(proof + page).phishing_score == pytest.approx(
        judged(proof + _page(shown, shown)).phishing_score, abs=0.02
    )
    assert "link_text_mismatch" in hits(page)
    assert {"link_text_mismatch", "link_lookalike"} <= hits(proof + evil)
