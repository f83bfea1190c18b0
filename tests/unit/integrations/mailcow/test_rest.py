"""mailcow's REST API as it really answers: refusals behind 200, empty pages, half successes."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from glassdome.core.errors import (
    ConfigError,
    ConnectFailed,
    GlassdomeError,
    InvalidAddress,
    MailcowRefused,
    NotFound,
    ProtocolViolation,
    RateLimited,
)
from glassdome.integrations.mailcow.http import MailcowAccess, MailcowHttp
from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.integrations.tls import TlsPolicy
from tests.servers.mailcow_server import MailcowServer
from tests.servers.mailcow_state import MailcowState

GOOD = SecretStr("Correct-Horse-9")


@pytest.fixture
def server() -> MailcowServer:
    """A mailcow with one domain."""
    state = MailcowState()
    state.add_domain("xisx.org", mailboxes=3, maxquota=2048, quota=4096)
    return MailcowServer(state)


def answering(monkeypatch: pytest.MonkeyPatch, response: httpx.Response) -> MailcowHttp:
    """Return a client whose every call gets this answer."""
    http = MailcowHttp(MailcowAccess(url="https://mail.xisx.org", key=SecretStr("k")), TlsPolicy())
    transport = httpx.MockTransport(lambda request: response)
    monkeypatch.setattr(http._client, "_open", lambda: httpx.AsyncClient(transport=transport, base_url="https://x/"))
    return http


def connect(server: MailcowServer, monkeypatch: pytest.MonkeyPatch, **access: object) -> MailcowHttp:
    """Return a client whose wire ends in the server's application."""
    http = MailcowHttp(
        MailcowAccess(url="https://mail.xisx.org", **(access or {"key": SecretStr("RW-KEY")})), TlsPolicy()
    )
    real = http._open

    def opened() -> httpx.AsyncClient:
        client = real()
        client._transport = httpx.ASGITransport(app=server.app)
        return client

    monkeypatch.setattr(http._client, "_open", opened)
    return http


@pytest.fixture
async def http(server: MailcowServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailcowHttp]:
    """A client with the read-write key."""
    client = connect(server, monkeypatch)
    yield client
    await client.aclose()


async def test_a_mailbox_from_birth_to_death(http: MailcowHttp) -> None:
    """Create, read, list and delete; each answer is mailcow's own row, read back."""
    mailboxes = MailcowMailboxes(http)

    made = await mailboxes.add(local_part="agent", domain="xisx.org", password=GOOD, name="Agent", quota_mb=512)
    listed = await mailboxes.all(domain="xisx.org")
    await mailboxes.delete("agent@xisx.org")

    assert (made["username"], made["local_part"], made["quota"]) == ("agent@xisx.org", "agent", 512 * 1024 * 1024)
    assert ["agent@xisx.org"] == [m["username"] for m in listed]
    assert [] == await mailboxes.all()
    with pytest.raises(NotFound):
        await mailboxes.delete("agent@xisx.org")


async def test_one_session_for_many_calls(http: MailcowHttp, server: MailcowServer) -> None:
    """The cookie jar keeps mailcow from making a session per call."""
    for _ in range(5):
        await MailcowObjects(http).version()

    assert server.sessions == 1
    assert {h["x-api-key"] for _, h in server.requests} == {"RW-KEY"}
    assert all("authorization" not in h for _, h in server.requests)


@pytest.mark.parametrize(
    ("access", "told"),
    [
        ({"user": "apiadmin", "password": SecretStr("pw")}, "empty page: no valid API key reached it. Make a key"),
        ({"key": SecretStr("WRONG")}, "refused the API key: authentication failed. Make a key"),
    ],
)
async def test_a_refused_login_says_how_to_make_a_key(
    server: MailcowServer, monkeypatch: pytest.MonkeyPatch, access: dict[str, object], told: str
) -> None:
    """mailcow's silence and its 401 both end in a sentence with the way out."""
    http = connect(server, monkeypatch, **access)

    with pytest.raises(MailcowRefused) as caught:
        await MailcowMailboxes(http).all()
    await http.aclose()

    assert told in caught.value.public_message
    assert "pw" not in caught.value.public_message.split()


async def test_basic_is_sent_only_without_a_key(server: MailcowServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seed's user and password go out by Basic, for a proxy that wants them."""
    http = connect(server, monkeypatch, user="apiadmin", password=SecretStr("pw"))

    with pytest.raises(MailcowRefused):
        await MailcowObjects(http).version()
    await http.aclose()

    assert server.requests[0][1]["authorization"].startswith("Basic ")


async def test_a_read_only_key_may_not_write(server: MailcowServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """403 is told with its cause."""
    http = connect(server, monkeypatch, key=SecretStr("RO-KEY"))

    with pytest.raises(MailcowRefused, match="The key is read-only"):
        await MailcowMailboxes(http).add(local_part="x", domain="xisx.org", password=GOOD, name="", quota_mb=1)
    await http.aclose()


@pytest.mark.parametrize(
    ("quota_mb", "password", "domain", "reason", "told"),
    [
        (4000, "Correct-Horse-9", "xisx.org", "mailbox_quota_exceeded", "mailboxes up to 2048 MiB, 4096 MiB in all"),
        (100, "short", "xisx.org", "password_complexity", "The policy: at least 6 characters, a digit."),
        (100, "Correct-Horse-9", "nowhere.org", "access_denied", "does not exist"),
    ],
)
async def test_refusals_are_explained(
    http: MailcowHttp, server: MailcowServer, quota_mb: int, password: str, domain: str, reason: str, told: str
) -> None:
    """The error carries mailcow's word and what the server allows."""
    server.state.policy["numbers"] = "1"

    with pytest.raises(MailcowRefused) as caught:
        await MailcowMailboxes(http).add(
            local_part="x", domain=domain, password=SecretStr(password), name="", quota_mb=quota_mb
        )

    assert caught.value.facts["reason"] == reason
    assert told in caught.value.public_message
    assert password not in caught.value.public_message


async def test_refused_and_yet_created_is_reported_truthfully(http: MailcowHttp, server: MailcowServer) -> None:
    """`password_complexity`, yet created: the error says both."""
    server.state.creates_despite_complexity = True

    with pytest.raises(MailcowRefused) as caught:
        await MailcowMailboxes(http).add(
            local_part="half", domain="xisx.org", password=SecretStr("x"), name="", quota_mb=10
        )

    assert caught.value.facts["created"] is True
    assert "Yet the mailbox half@xisx.org was created." in caught.value.public_message


async def test_a_php_error_is_no_success(http: MailcowHttp, server: MailcowServer) -> None:
    """200 with an empty page is a refusal, for writes too."""
    server.broken = True

    with pytest.raises(MailcowRefused, match="empty page"):
        await http.add("mailbox", {"local_part": "a"})


async def test_the_other_nouns(http: MailcowHttp, server: MailcowServer) -> None:
    """Rate limits, and mailboxes by their tags."""
    mailboxes, objects = MailcowMailboxes(http), MailcowObjects(http)
    await mailboxes.add(local_part="a", domain="xisx.org", password=GOOD, name="A", quota_mb=10, tags=["llm"])

    no_limit = await objects.rate_limit("a@xisx.org")
    server.state.rate_limits["a@xisx.org"] = ("20", "h")

    assert (no_limit, await objects.rate_limit("a@xisx.org")) == (None, (20, "h"))
    assert ["a@xisx.org"] == [m["username"] for m in await mailboxes.all(tags=["llm"])]
    assert [] == await mailboxes.all(tags=["other"])


async def test_something_else_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A web server that is no mailcow is told apart."""
    http = MailcowHttp(MailcowAccess(url="https://www.example.org", key=SecretStr("k")), TlsPolicy())
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text="<html>welcome</html>"))
    monkeypatch.setattr(http._client, "_open", lambda: httpx.AsyncClient(transport=transport, base_url="https://x/"))

    with pytest.raises(ProtocolViolation, match="not JSON"):
        await MailcowObjects(http).version()
    await http.aclose()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 522])
async def test_a_mailcow_that_restarts_is_away(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """nginx's page while PHP starts, or a proxy's, is a temporary error that names host and status, also for writes."""
    http = answering(monkeypatch, httpx.Response(status, text="<html>Bad Gateway</html>"))

    for call in (MailcowObjects(http).version(), http.delete("mailbox", ["a@xisx.org"])):
        with pytest.raises(ConnectFailed, match=f"mail.xisx.org cannot answer at present .HTTP {status}") as caught:
            await call
        assert caught.value.temporary
    await http.aclose()


@pytest.mark.parametrize(("header", "wait"), [({"retry-after": "7"}, 7), ({}, 60), ({"retry-after": "soon"}, 60)])
async def test_too_many_requests_wait(monkeypatch: pytest.MonkeyPatch, header: dict[str, str], wait: int) -> None:
    """429 is temporary and says how long to wait."""
    http = answering(monkeypatch, httpx.Response(429, headers=header, json={"type": "error", "msg": "too many"}))

    with pytest.raises(RateLimited, match="takes no more requests for now") as caught:
        await MailcowObjects(http).version()
    await http.aclose()

    assert (caught.value.temporary, caught.value.facts["retry_after"]) == (True, wait)


ROW = {"username": "a@xisx.org"}


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({}, []),
        ([], []),
        ([ROW], [ROW]),
        ({"0": ROW, "2": ROW}, [ROW, ROW]),
        (ROW, [ROW]),
        ([ROW, None, "text"], [ROW]),
    ],
    ids=["empty_object", "empty_list", "list", "numbered", "one", "mixed"],
)
async def test_both_shapes_of_lists(monkeypatch: pytest.MonkeyPatch, body: object, rows: list[object]) -> None:
    """PHP writes a list with gaps as an object, and an empty one as either."""
    http = answering(monkeypatch, httpx.Response(200, json=body))
    assert await MailcowMailboxes(http).all() == rows
    await http.aclose()


async def test_a_refusal_in_a_list_is_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """mailcow puts its words for a refusal into the list that was asked for."""
    http = answering(monkeypatch, httpx.Response(200, json=[{"type": "danger", "msg": "access_denied"}]))
    with pytest.raises(MailcowRefused, match="access_denied"):
        await MailcowMailboxes(http).all()
    await http.aclose()


@pytest.mark.parametrize(
    ("response", "error", "told"),
    [
        (httpx.Response(200, text=""), MailcowRefused, "empty page: no valid API key"),
        (httpx.Response(200, text="<html>maintenance</html>"), ProtocolViolation, "not JSON"),
        (httpx.Response(200, text='<br />\nNotice: x\n[{"type":"success"}]'), ProtocolViolation, "not JSON"),
        (httpx.Response(401, json={"type": "error", "msg": "authentication failed"}), MailcowRefused, "Make a key"),
        (httpx.Response(200, text="[]"), ProtocolViolation, "usual list"),
        (httpx.Response(200, text="null"), ProtocolViolation, "usual list"),
        (
            httpx.Response(200, json=[{"type": "danger", "msg": ["mailbox_quota_exceeded", 1024]}]),
            MailcowRefused,
            r"mailbox_quota_exceeded \(1024\). Reduce quota_mb",
        ),
        (httpx.Response(200, json=[{"type": "danger", "msg": "mailbox_invalid"}]), MailcowRefused, "letters, digits"),
    ],
    ids=["empty_body", "html", "php_warning", "401", "success_empty", "null", "msg_list", "mailbox_invalid"],
)
async def test_what_is_no_success(
    monkeypatch: pytest.MonkeyPatch, response: httpx.Response, error: type[GlassdomeError], told: str
) -> None:
    """Each has its sentence, and none passes for a success."""
    http = answering(monkeypatch, response)

    with pytest.raises(error, match=told):
        await http.delete("mailbox", ["a@xisx.org"])
    await http.aclose()


async def test_half_a_success_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """success and danger in one answer: refused, `partial`."""
    told = [{"type": "success", "msg": ["rl_saved", "a"]}, {"type": "danger", "msg": "password_complexity"}]
    http = answering(monkeypatch, httpx.Response(200, json=told))

    with pytest.raises(MailcowRefused) as caught:
        await http.delete("mailbox", ["a@xisx.org"])
    await http.aclose()

    assert caught.value.facts["partial"] is True


@pytest.mark.parametrize("local_part", ["a+b", "a%b", "a&b=c", "a#b?c", "ann.lee"])
async def test_reserved_characters_in_a_local_part(http: MailcowHttp, server: MailcowServer, local_part: str) -> None:
    """The mailbox is found again after it was made, so is its rate limit, and it is deleted."""
    mailboxes, address = MailcowMailboxes(http), f"{local_part}@xisx.org"

    made = await mailboxes.add(local_part=local_part, domain="xisx.org", password=GOOD, name="", quota_mb=10)
    server.state.rate_limits[address] = ("5", "h")
    limit = await MailcowObjects(http).rate_limit(address)
    await mailboxes.delete(address)

    assert (made["username"], limit) == (address, (5, "h"))
    assert not await mailboxes.exists(address)


async def test_a_slash_is_refused_before_it_is_made(http: MailcowHttp, server: MailcowServer) -> None:
    """mailcow's routes are split at slashes: nobody could find or delete such a mailbox."""
    with pytest.raises(InvalidAddress, match="slash"):
        await MailcowMailboxes(http).add(local_part="a/b", domain="xisx.org", password=GOOD, name="", quota_mb=10)

    assert server.state.mailboxes == {}


async def test_nobody_there(unused_tcp_port: int) -> None:
    """A refused connection is temporary and names the host."""
    http = MailcowHttp(MailcowAccess(url=f"https://127.0.0.1:{unused_tcp_port}", key=SecretStr("k")), TlsPolicy())

    with pytest.raises(ConnectFailed, match=r"127\.0\.0\.1 cannot be reached") as caught:
        await MailcowObjects(http).version()
    await http.aclose()

    assert caught.value.temporary


@pytest.mark.parametrize("access", [{"url": "mail.example.org", "key": SecretStr("k")}, {"url": "https://x"}])
def test_missing_access_is_a_setting_error(access: dict[str, object]) -> None:
    """No URL or no key: the setting is named."""
    with pytest.raises(ConfigError, match="MAILCOW_API"):
        MailcowHttp(MailcowAccess(**access), TlsPolicy())


def test_every_error_is_ours() -> None:
    """Callers may catch one class."""
    assert issubclass(MailcowRefused, GlassdomeError)
