"""The file placed for nginx, in a real nginx: mailcow's keys decide, and nothing of mailcow depends on us."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from glassdome.deploy.render import nginx_site
from tests.servers.nginx import FastCgi, NameServer, Nginx

SECRET = "proxy-secret"
READ, WRITE = "/api/v1/get/llm/analysis?mailbox=a@b", "/api/v1/edit/llm/preferences"


def mailcow_keys(parameters: Mapping[str, str]) -> tuple[int, str]:
    """Answer as mailcow's API was seen to: a session or no key is let through a read, keys have a scope."""
    key, write = parameters.get("HTTP_X_API_KEY", ""), parameters["REQUEST_METHOD"] == "POST"
    if parameters.get("HTTP_COOKIE") or (not key and not write):
        return 200, ""
    if key == "RW" or (key == "RO" and not write):
        return 200, "{}"
    return (403 if key == "RO" else 401), json.dumps({"type": "error"})


class Service:
    """Stands for Glassdome: tells which headers reached it."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
                self.send_response(503 if "busy" in self.path else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815 - the names that the library calls

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A running service."""
    running = Service()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def keys() -> Iterator[FastCgi]:
    """mailcow's key check."""
    running = FastCgi(mailcow_keys)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    """Docker's name server; our name is not known at first."""
    running = NameServer()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def nginx(server_folder: Path, service: Service, keys: FastCgi, names: NameServer) -> Iterator[Nginx]:
    """A running nginx with the placed file, started while the service's name does not resolve."""
    site = nginx_site(
        proxy_secret=SECRET,
        phpfpm=keys.address,
        resolver=names.address,
        upstream=f"http://llm-processor-mailcow:{service.port}",
    )
    running = Nginx(server_folder / "ng", site, fastcgi=keys.address)
    running.start()
    yield running
    running.stop()


def ask(nginx: Nginx, path: str, *, key: str = "", method: str = "GET", **headers: str) -> httpx.Response:
    """Ask as a client does."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()} | ({"X-API-Key": key} if key else {})
    with httpx.Client(trust_env=False) as client:
        return client.request(method, nginx.url + path, headers=headers, content=b"{}" if method == "POST" else None)


def test_nginx_runs_without_us(nginx: Nginx, names: NameServer) -> None:
    """While the name does not resolve: the panel answers, ours is a JSON 502, and with the name it works."""
    names.known = False
    assert 200 == ask(nginx, "/api/v1/get/status/version").status_code

    answer = ask(nginx, READ, key="RO")

    assert 502 == answer.status_code
    assert "application/json" == answer.headers["content-type"]
    assert "service_down" == answer.json()["code"]


def test_the_service_is_down(nginx: Nginx, server_folder: Path, keys: FastCgi) -> None:
    """A name that resolves to nobody is a JSON 502 too; a key check that cannot be made is told apart."""
    names = NameServer()
    names.known = True
    site = nginx_site(proxy_secret=SECRET, phpfpm=keys.address, resolver=names.address, upstream="http://llm:9")
    blind = nginx_site(proxy_secret=SECRET, phpfpm="127.0.0.1:9", resolver=names.address, upstream="http://llm:9")
    for number, (text, status, code) in enumerate(((site, 502, "service_down"), (blind, 503, "key_check_down"))):
        other = Nginx(server_folder / f"ng-down{number}", text, fastcgi=keys.address)
        other.start()
        try:
            answer = ask(other, READ, key="RO")
            assert (status, code) == (answer.status_code, answer.json()["code"])
        finally:
            other.stop()
    names.stop()


def test_another_file_with_a_resolver(server_folder: Path, names: NameServer) -> None:
    """An administrator's own site.*.custom with directives at server level does not collide with ours."""
    theirs = f'resolver {names.address};\nset $upstream "http://127.0.0.1:9";\nproxy_read_timeout 5s;\n'
    ours = nginx_site(proxy_secret=SECRET, phpfpm="127.0.0.1:9", resolver=names.address, upstream="http://llm:9")
    beside = Nginx(server_folder / "ng-beside", theirs + ours)
    beside.start()
    beside.stop()


def test_nothing_stands_at_the_level_of_the_server() -> None:
    """Everything placed is a location of ours, so no directive can be a duplicate of somebody's."""
    depth, outside = 0, []
    for line in nginx_site(proxy_secret=SECRET).splitlines():
        if depth == 0 and line.strip() and not line.startswith(("#", "location ", "}")):
            outside.append(line)
        depth += line.count(" {") - (line.strip() == "}")

    assert [] == outside


@pytest.fixture
def known(names: NameServer, nginx: Nginx) -> Nginx:
    """The nginx, once it has learned the service's address (a failed look-up is remembered for a moment)."""
    names.known = True
    with httpx.Client(trust_env=False) as client:
        while client.get(nginx.url + "/api/v1/get/llm/health").status_code != 200:
            pass
    return nginx


CASES = [
    ("GET", READ, "", 401),
    ("GET", READ, "WRONG", 401),
    ("GET", READ, "RO", 200),
    ("GET", READ, "RW", 200),
    *(
        ("POST", f"/api/v1/{verb}/llm/x", key, status)
        for verb in ("add", "edit", "delete")
        for key, status in (("", 401), ("WRONG", 401), ("RO", 403), ("RW", 200))
    ),
]


@pytest.mark.parametrize(("method", "path", "key", "status"), CASES)
def test_mailcows_keys_decide(known: Nginx, method: str, path: str, key: str, status: int) -> None:
    """No key and a wrong one 401, a read-only one may not write, and every refusal is JSON in mailcow's shape."""
    answer = ask(known, path, method=method, key=key)

    assert status == answer.status_code
    assert "application/json" == answer.headers["content-type"]
    if status != 200:
        assert "error" == answer.json()["type"]


def test_what_reaches_the_service(known: Nginx) -> None:
    """Scope and secret are nginx's own, whatever the client sends; key and cookie stay outside; the path is whole."""
    forged = {"X_Glassdome_Scope": "rw", "X_Glassdome_Proxy_Secret": "guess", "Cookie": "MCSESSID=1"}

    seen = ask(known, READ, key="RO", **forged).json()
    headers = {name.lower(): value for name, value in seen["headers"].items()}

    assert READ == seen["path"]
    assert ("ro", SECRET) == (headers["x-glassdome-scope"], headers["x-glassdome-proxy-secret"])
    assert not {"x-api-key", "cookie"} & headers.keys()
    assert "rw" == ask(known, WRITE, key="RW", method="POST").json()["headers"]["X-Glassdome-Scope"]


@pytest.mark.parametrize("path", ["/api/v1/get/llm/health", "/llm/", "/llm/login"])
def test_open_routes_carry_no_scope(known: Nginx, path: str) -> None:
    """Health and the web interface are reached without a key, and a forged scope does not pass."""
    answer = ask(known, path, X_Glassdome_Scope="rw", X_Glassdome_Proxy_Secret=SECRET)

    assert 200 == answer.status_code
    assert not [name for name in answer.json()["headers"] if name.lower().startswith("x-glassdome")]


def test_a_browser_session_is_no_key(known: Nginx, keys: FastCgi) -> None:
    """A logged-in user's cookie opens nothing: it is not even shown to mailcow's check."""
    before = len(keys.asked)
    answer = ask(known, WRITE, method="POST", key="WRONG", Cookie="MCSESSID=1")

    assert 401 == answer.status_code
    assert all(not asked.get("HTTP_COOKIE") for asked in keys.asked[before:])


def test_the_services_own_errors_pass(known: Nginx) -> None:
    """Only nginx's own 5xx are replaced; what the service says of itself arrives as it is."""
    answer = ask(known, "/api/v1/get/llm/busy", key="RO")

    assert (503, "/api/v1/get/llm/busy") == (answer.status_code, answer.json()["path"])
