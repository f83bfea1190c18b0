"""Our part of mailcow's custom-sogo.js: the labels of our keywords, with their colours."""

from __future__ import annotations

import json
from typing import Final

from glassdome.deploy.blocks import append
from glassdome.deploy.render import render
from glassdome.deploy.tree import COMPOSE, Mailcow, service_names
from glassdome.values.keyword import KEYWORDS

__all__ = ["SOGO", "SOGO_SERVICE", "can_label", "sogo_script"]

#: mailcow's own file for what an administrator adds to SOGo's pages; its compose file mounts it.
SOGO: Final = "data/conf/sogo/custom-sogo.js"
#: Copies the file for nginx when it starts.
SOGO_SERVICE: Final = "sogo-mailcow"


def can_label(mailcow: Mailcow) -> bool:
    """Return whether this mailcow has SOGo, and a file in the script's place or nothing."""
    path, compose = mailcow.root / SOGO, mailcow.root / COMPOSE
    has_sogo = SOGO_SERVICE in service_names(compose.read_text(encoding="utf-8"))
    return has_sogo and path.parent.is_dir() and not path.is_dir()


def sogo_script(before: str) -> str:
    """Return the file with our part at its end; `before` is the administrator's own."""
    rows = (f"    {json.dumps(word.name)}: {json.dumps([word.title, word.colour])}" for word in KEYWORDS)
    return append(before, render("custom-sogo.js", LABELS=",\n".join(rows)), comment="// ")
