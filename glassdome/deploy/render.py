"""Fills our templates: `@NAME@` stands for a value, since `$` and `{}` belong to the languages they are written in."""

from __future__ import annotations

import re
import textwrap
from typing import Final

from glassdome.core.shipped import shipped_text

__all__ = ["nginx_site", "render", "template"]

_NAME: Final = re.compile(r"@([A-Z_]+)@")


def template(name: str) -> str:
    """Return a template of `glassdome/deploy/files` as it is."""
    return shipped_text(f"deploy/files/{name}")


def render(name: str, **values: str) -> str:
    """Return a template with its names filled in; raises KeyError for one without value."""
    return _NAME.sub(lambda match: values[match[1]], template(name))


def nginx_site(
    *,
    proxy_secret: str,
    phpfpm: str = "phpfpm:9002",
    resolver: str = "127.0.0.11",
    upstream: str = "http://llm-processor-mailcow:8080",
) -> str:
    """Return the file for mailcow's server blocks."""

    def proxy(scope: str) -> str:
        # The open route carries neither header: either alone is refused.
        secret = proxy_secret if scope else ""
        place = {"RESOLVER": resolver, "UPSTREAM": upstream}
        return _inside(render("nginx-proxy.conf", SCOPE=scope or '""', PROXY_SECRET=secret, **place))

    def keycheck(method: str, route: str) -> str:
        query, uri = f"query={route}", f"/api/v1/{route}"
        return _inside(render("nginx-keycheck.conf", PHPFPM=phpfpm, METHOD=method, QUERY=query, URI=uri))

    return render(
        "nginx.conf",
        RESOLVER=resolver,
        UPSTREAM=upstream,
        PROXY_NONE=proxy(""),
        PROXY_RO=proxy("ro"),
        PROXY_RW=proxy("rw"),
        KEYCHECK_RO=keycheck("GET", "get/status/version"),
        KEYCHECK_RW=keycheck("POST", "edit/llm"),
    )


def _inside(text: str) -> str:
    return textwrap.indent(text.rstrip("\n"), "    ")
