"""A small identity provider: OpenID Connect with discovery and signed tokens, or mailcow's OAuth 2.0 without either.

It signs with a real key and checks what real ones check: client and its secret, redirect address, PKCE, codes that work
once. Whoever comes is signed in as `user`; the hooks make it lie or fail.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from glassdome.core.clock import Clock

__all__ = ["CLIENT", "CLIENT_SECRET", "OidcServer", "key_set", "new_key"]

CLIENT: Final = "glassdome"
CLIENT_SECRET: Final = "secret:of/the client"
_ALGORITHMS: Final[dict[str, Any]] = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}


def new_key(algorithm: str) -> Any:
    """Return a private key for an algorithm."""
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else ed25519.Ed25519PrivateKey.generate()


def key_set(key: Any, algorithm: str, name: str | None) -> dict[str, Any]:
    """Return the JWK of the public half, without a name for None."""
    kind = _ALGORITHMS.get(algorithm, jwt.algorithms.OKPAlgorithm)
    named = {} if name is None else {"kid": name}
    return {**kind.to_jwk(key.public_key(), as_dict=True), **named, "use": "sig", "alg": algorithm}


@dataclass(kw_only=True)
class OidcServer:
    """An ASGI application (`app`) at `url`.

    `claims`, `document`, `answer` and `profile` are laid over what it would say; `sign` replaces the signature; `instead`
    answers requests to the paths it names. `asked` records path and form or query of every request.
    """

    url: str
    clock: Clock
    redirect: str
    user: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = None
    name: str | None = "first"
    secret: str = CLIENT_SECRET
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    instead: dict[str, Callable[[], Response]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the key and the routes."""
        self.key = self.key or new_key(self.algorithm)
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, dict[str, Any]] = {}
        pages = {
            "/.well-known/openid-configuration": self._discovery,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
            "/keys": self._keys,
            "/oauth/authorize": self._authorize,
            "/oauth/token": self._token,
            "/oauth/profile": self._mailcow_profile,
        }
        self.app = Starlette(
            routes=[Route(path, self._routed(page), methods=["GET", "POST"]) for path, page in pages.items()]
        )

    def _routed(self, page: Callable[[Request, dict[str, str]], Response]) -> Callable[[Request], Any]:
        async def answered(request: Request) -> Response:
            sent = {k: str(v) for k, v in (await request.form()).items()} if request.method == "POST" else {}
            fields = {**dict(request.query_params), **sent}
            self.asked.append((request.url.path, fields))
            instead = self.instead.get(request.url.path)
            return instead() if instead is not None else page(request, fields)

        return answered

    def _discovery(self, request: Request, fields: dict[str, str]) -> Response:
        document = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(document | self.document)

    def _authorize(self, request: Request, fields: dict[str, str]) -> Response:
        right = (fields.get("client_id"), fields.get("response_type"), fields.get("redirect_uri"))
        if right != (CLIENT, "code", self.redirect) or fields.get("code_challenge_method") != "S256":
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(16)
        self._codes[code] = fields
        told = {"code": code, "state": fields.get("state", "")}
        if not request.url.path.startswith("/oauth"):
            told["iss"] = self.url
        return RedirectResponse(f"{self.redirect}?{urlencode(told | self.answer)}", 302)

    def _token(self, request: Request, fields: dict[str, str]) -> Response:
        if not self._is_client(request, fields):
            return JSONResponse({"error": "invalid_client"}, 401)
        begun = self._codes.pop(fields.get("code", ""), None)
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if begun is None or begun["code_challenge"] != challenge or begun["redirect_uri"] != fields.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(16)
        self._tokens[access] = {"sub": "person-1", **self.user}
        given = {"access_token": access, "token_type": "Bearer", "expires_in": 60}
        if request.url.path == "/token":
            given["id_token"] = self._signed(begun)
        return JSONResponse(given)

    def _is_client(self, request: Request, fields: dict[str, str]) -> bool:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = base64.b64decode(text).decode().partition(":")
            return (name, secret) == (CLIENT, "secret%3Aof%2Fthe+client")
        return (fields.get("client_id"), fields.get("client_secret", "")) == (CLIENT, self.secret)

    def _signed(self, begun: dict[str, str]) -> str:
        moment = int(self.clock.now().timestamp())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "person-1", "iat": moment, "exp": moment + 300}
        claims |= {"nonce": begun.get("nonce", ""), **self.user, **self.claims}
        kept = {name: value for name, value in claims.items() if value is not None}
        if self.sign is not None:
            return self.sign(kept)
        return jwt.encode(kept, self.key, algorithm=self.algorithm, headers={"kid": self.name} if self.name else None)

    def _userinfo(self, request: Request, fields: dict[str, str]) -> Response:
        known = self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return JSONResponse({**known, **self.profile}) if known else JSONResponse({"error": "invalid_token"}, 401)

    def _mailcow_profile(self, request: Request, fields: dict[str, str]) -> Response:
        known = self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if not known:
            return JSONResponse({"error": "invalid_token"}, 401)
        who = known.get("email", "")
        told = {"success": True, "username": who, "id": who, "identifier": who, "email": who, "active": 1}
        return JSONResponse({**told, **self.profile})

    def _keys(self, request: Request, fields: dict[str, str]) -> Response:
        return JSONResponse({"keys": [key_set(self.key, self.algorithm, self.name)]})
