"""Signing in with a mailbox's own password, checked by a real Dovecot; roles; sessions that end everywhere."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from glassdome.bootstrap.sign_in import password_check
from glassdome.core import log
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, TimedOut
from glassdome.core.limits import MAX_SIGN_INS_PER_MAILBOX
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.credentials import Credentials
from glassdome.web.app import add_web
from glassdome.web.session import IDLE
from glassdome.web.visitor import SESSION_COOKIE
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, PASSWORD, Dovecot
from tests.servers.process import free_port
from tests.unit.api.bench import OTHER, Bench, analysis, ref

from .browser import START, browsing
from .conftest import BOX

pytestmark = pytest.mark.servers


@pytest.fixture
def server(dovecot: Dovecot) -> ImapServer:
    """Dovecot's implicit TLS port."""
    tls = TlsPolicy(ca_file=dovecot.certificates.ca, server_name=SERVER_NAME)
    return ImapServer(host=dovecot.host, port=dovecot.imaps_port, tls=tls, implicit_tls=True)


@pytest.fixture
def bench(request: pytest.FixtureRequest, server: ImapServer) -> Bench:
    """The pages, whose passwords Dovecot checks."""
    changes = {"check_login": password_check(server)}
    made = Bench(request.getfixturevalue("database"), request.getfixturevalue("settings"), changes=changes)
    add_web(made.app, BOX)
    return made


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """The log, all of it."""
    text = io.StringIO()
    log.configure(level="DEBUG", stream=text, as_json=True)
    yield text
    log.configure()


async def test_the_owner_sees_the_own_mailbox_alone(bench: Bench, mailbox: str) -> None:
    """Signed in by any spelling of the address, with buttons, without the affairs of the server."""
    await bench.store(analysis(ref(5, mailbox), subject="For me"), analysis(ref(6, OTHER), subject="For them"))
    async with browsing(bench, None) as browser:
        assert (await browser.sign_in_as(mailbox.upper(), PASSWORD)).status_code == 303
        await browser.open("")
        assert "For me" in browser.text
        assert "For them" not in browser.text
        assert (await browser.open("service")).status_code == 403
        assert (await browser.open(f"settings?mailbox={OTHER}")).status_code == 403
        assert (await browser.open(f"settings?mailbox={mailbox}")).status_code == 200
        assert (await browser.send("settings", chosen="on", engine_access="full")).status_code == 303

    assert (await bench.database.preferences.get_preferences(mailbox)).chosen
    assert {entry["actor"] for entry in await bench.database.history.audited()} == {mailbox}


@pytest.mark.parametrize(
    ("address", "password"),
    [
        ("{}", "s3cret-but-wrong"),
        ("{}", ""),
        ("nobody@example.test", PASSWORD),
        ("{}*" + MASTER_USER, MASTER_PASSWORD),
        ("{}", PASSWORD + "\0"),
        ("\0{}", PASSWORD),
        ("not an address", PASSWORD),
        ("{}", "x" * 600),
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(
    bench: Bench, mailbox: str, logged: io.StringIO, address: str, password: str
) -> None:
    """One sentence for a wrong password and an unknown mailbox; the log has the place and never the password."""
    async with browsing(bench, None) as browser:
        answer = await browser.sign_in_as(address.format(mailbox), password)

        assert answer.status_code == 401
        assert "The mail server did not accept that address with that password." in browser.text
        assert SESSION_COOKIE not in browser.client.cookies
        assert (await browser.open("queue")).url.path == "/llm/sign-in"
    assert '"door": "mailbox", "event": "key_refused"' in logged.getvalue()
    assert "s3cret" not in logged.getvalue()
    assert MASTER_PASSWORD not in logged.getvalue()


async def test_a_password_is_kept_nowhere(bench: Bench, dovecot: Dovecot, logged: io.StringIO) -> None:
    """Not in the log, the cookie, the database, or the page."""
    mailbox = dovecot.add_mailbox(password="unheard-of-secret")
    async with browsing(bench, None) as browser:
        answer = await browser.sign_in_as(mailbox, "unheard-of-secret")
        cookie = browser.client.cookies[SESSION_COOKIE]
        await browser.open("access")

    sealed = BOX.decrypt(cookie.strip('"')).get_secret_value()
    rows = str(
        await bench.database.sessions.sessions_of(mailbox, now=bench.clock.now(), idle_since=bench.clock.now() - IDLE)
    )
    assert mailbox in rows
    for text in (sealed, rows, logged.getvalue(), browser.answer.text, str(answer.headers)):
        assert "unheard-of-secret" not in text


@pytest.mark.parametrize("kind", ["away", "silent"])
async def test_a_server_that_cannot_say_makes_no_password_wrong(bench: Bench, server: ImapServer, kind: str) -> None:
    """The page says that nothing was checked, and no guess is counted for a firewall."""

    async def never(login: Credentials) -> bool:
        raise TimedOut

    gone = ImapServer(host=server.host, port=free_port(), tls=server.tls, implicit_tls=True)
    check = never if kind == "silent" else password_check(gone)
    other = Bench(bench.database, bench.settings, changes={"check_login": check})
    await asyncio.to_thread(add_web, other.app, BOX)
    with capture_logs() as logs:
        async with browsing(other, None) as browser:
            answer = await browser.sign_in_as("ann@example.test", PASSWORD)

            assert answer.status_code == 503
            assert "your password was not checked" in browser.text
    assert [entry["event"] for entry in logs if entry["event"].endswith(("_refused", "_checked"))] == [
        "sign_in_not_checked"
    ]


async def test_many_networks_guess_no_faster_than_one(bench: Bench, mailbox: str) -> None:
    """Past the mailbox's limit the right password waits too, except where the owner was before."""
    bench.set(trusted_proxies="127.0.0.1")
    statuses = []
    async with browsing(bench, None) as browser:
        browser.client.headers["X-Real-IP"] = "192.0.2.250"
        assert (await browser.sign_in_as(mailbox, PASSWORD)).status_code == 303
        browser.client.cookies.clear()
        for number in range(MAX_SIGN_INS_PER_MAILBOX + 1):
            browser.client.headers["X-Real-IP"] = f"198.51.100.{number}"
            statuses.append((await browser.sign_in_as(mailbox, "guess")).status_code)
        strange = (await browser.sign_in_as(mailbox, PASSWORD)).status_code
        browser.client.headers["X-Real-IP"] = "192.0.2.250"
        at_home = (await browser.sign_in_as(mailbox, PASSWORD)).status_code

    assert statuses == [401] * (MAX_SIGN_INS_PER_MAILBOX - 1) + [429] * 2
    assert (strange, at_home) == (429, 303)


@pytest.mark.parametrize(
    ("setting", "value", "mails", "service"),
    [
        ("admins", "{}", {"own", "domain", "elsewhere"}, 200),
        ("admins", "else@example.test", {"own"}, 403),
        ("domain_admins", "{}:example.org", {"own", "domain"}, 403),
        ("domain_admins", "else@example.test:example.org", {"own"}, 403),
    ],
)
async def test_roles(bench: Bench, mailbox: str, setting: str, value: str, mails: set[str], service: int) -> None:
    """An owner sees the own mailbox, a domain's administrator the domain too, an administrator all; at once."""
    await bench.store(
        analysis(ref(5, mailbox), subject="own"),
        analysis(ref(6, "x@example.org"), subject="domain"),
        analysis(ref(7, "x@sub.example.org"), subject="elsewhere"),
    )
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(mailbox, PASSWORD)
        bench.set(**{setting: value.format(mailbox)})
        await browser.open("")
        seen = {link.text(strip=True) for link in browser.page.css(".row h2 a")}

        assert (seen, (await browser.open("service")).status_code) == (mails, service)
        bench.set(**{setting: ""})
        assert (await browser.open("service")).status_code == 403


@pytest.mark.parametrize("value", ["ann", "a@b.org c@d.org", "@example.org"])
def test_admins_are_mailboxes(value: str) -> None:
    """A mistake names the entry."""
    with pytest.raises(ConfigError, match="GLASSDOME_ADMINS: entry 1"):
        Settings(admins=value)


@pytest.mark.parametrize("value", ["ann@example.org", "ann@example.org:", "ann:example.org", "ann@example.org:a@b"])
def test_domain_admins_have_domains(value: str) -> None:
    """A mistake names the entry."""
    with pytest.raises(ConfigError, match="GLASSDOME_DOMAIN_ADMINS: entry 1"):
        Settings(domain_admins=value)


async def test_the_way_in_can_be_closed(bench: Bench, mailbox: str) -> None:
    """Then the page asks for a key alone, and the sessions that passwords began are over."""
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(mailbox, PASSWORD)
        bench.set(mailbox_sign_in=False)

        assert (await browser.open("queue")).url.path == "/llm/sign-in"
        assert not browser.page.css("input[name=password]")
        assert (await browser.send("sign-in", address=mailbox, password=PASSWORD)).status_code == 401


async def test_signing_out_everywhere(bench: Bench, dovecot: Dovecot, mailbox: str) -> None:
    """Every session of the person ends, in every process; nobody else's does."""
    other = Bench(bench.database, bench.settings, changes={"check_login": bench.services.check_login})
    await asyncio.to_thread(add_web, other.app, BOX)
    async with browsing(bench, None) as here, browsing(other, None) as there, browsing(other, None) as stranger:
        for browser, who in ((here, mailbox), (there, mailbox), (stranger, dovecot.add_mailbox())):
            await browser.sign_in_as(who, PASSWORD)
        await here.open("access")
        assert len(here.page.css('form[action="./end-session"]')) == 2
        await here.send("sign-out-everywhere")
        paths = [(await browser.open("queue")).url.path for browser in (here, there, stranger)]

    assert paths == ["/llm/sign-in", "/llm/sign-in", "/llm/queue"]


async def test_one_session_is_ended_and_no_stranger_s(bench: Bench, dovecot: Dovecot, mailbox: str) -> None:
    """A person ends their own session in another browser; with another person's id nothing happens."""
    async with (
        browsing(bench, None, **{"User-Agent": "Here"}) as here,
        browsing(bench, None, **{"User-Agent": "<b>There</b>"}) as there,
        browsing(bench, None) as stranger,
    ):
        await here.sign_in_as(mailbox, PASSWORD)
        await there.sign_in_as(mailbox, PASSWORD)
        await stranger.sign_in_as(dovecot.add_mailbox(), PASSWORD)
        await stranger.open("access")
        theirs = stranger.page.css_first("input[name=session]").attributes["value"] or ""
        await here.open("access")
        assert "<b>There</b>" in here.text
        listed = {
            form.text(): form.css_first("input[name=session]").attributes["value"] or ""
            for form in here.page.css('form[action="./end-session"]')
        }
        (other,) = [session for text, session in listed.items() if "There" in text]
        page = here.answer

        assert (await here.send("end-session", session=theirs)).status_code == 404
        here.answer = page
        assert (await here.send("end-session", session=other)).status_code == 303
        paths = [(await browser.open("queue")).url.path for browser in (here, there, stranger)]

    assert paths == ["/llm/queue", "/llm/sign-in", "/llm/queue"]


async def test_signing_in_again_ends_the_session_before(bench: Bench, mailbox: str) -> None:
    """The token is new, and the old cookie opens nothing."""
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(mailbox, PASSWORD)
        before = browser.client.cookies[SESSION_COOKIE]
        await browser.open("queue")
        token = browser.page.css_first("input[name=form_token]").attributes["value"] or ""
        fields = {"form_token": token, "address": mailbox, "password": PASSWORD, "next": ""}
        answer = await browser.client.post(START + "sign-in", data=fields)
        assert answer.status_code == 303
        after = browser.client.cookies[SESSION_COOKIE]
        browser.client.cookies.clear()
        browser.client.cookies.set(SESSION_COOKIE, before, domain="glass.example", path="/llm")

        assert after != before
        assert (await browser.open("queue")).url.path == "/llm/sign-in"


async def test_a_login_name_of_the_settings_is_used(bench: Bench, dovecot: Dovecot) -> None:
    """The owner types the address, also of a mailbox whose login is another name."""
    login = dovecot.add_mailbox()
    bench.set(mailboxes=f"alias@example.test={login}")
    async with browsing(bench, None) as browser:
        assert (await browser.sign_in_as("alias@example.test", PASSWORD)).status_code == 303
        await browser.open("access")

    assert "alias@example.test, and nothing else." in browser.text


@pytest.mark.parametrize(("key", "hours"), [(None, 4), ("mailcow-key", 12)])
async def test_a_session_is_short_where_nothing_tells_of_a_new_password(
    bench: Bench, mailbox: str, key: str | None, hours: int
) -> None:
    """Used every hour, it ends after four where no mailcow is asked about the account, else after twelve."""
    bench.set(mailcow_api_url="https://mail.example.org" if key else None, mailcow_api_key=key and SecretStr(key))
    seen = []
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(mailbox, PASSWORD)
        await browser.open("access")
        assert f"ends by itself {hours} hours after it began" in browser.text
        for _ in range(hours):
            bench.clock.advance(3600)  # type: ignore[attr-defined]
            seen.append((await browser.open("queue")).url.path)

    assert seen == ["/llm/queue"] * (hours - 1) + ["/llm/sign-in"]
