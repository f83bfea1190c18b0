"""Debian's Thunderbird with the names and colours of `clients/thunderbird/user.js`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glassdome.values.keyword import KEYWORDS
from tests.servers.dovecot import Dovecot
from tests.servers.thunderbird import Thunderbird

from .conftest import picture
from .marked import SUBJECTS, MarkedMailbox

pytestmark = pytest.mark.servers
PREFERENCES = Path(__file__).parents[3] / "clients" / "thunderbird" / "user.js"
#: Opens the inbox, and each mail in turn; returns subject -> [colour of its row, tags in the header of the open mail].
LOOK = """
const [subjects, done] = arguments;
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const win = Services.wm.getMostRecentWindow("mail:3pane");
const pane = win.document.getElementById("tabmail").currentAbout3Pane;
const until = async seen => {
  for (;;) {
    const found = seen();
    if (found) return found;
    await new Promise(resolve => win.setTimeout(resolve, 50));
  }
};
const row = subject => [...pane.document.querySelectorAll("#threadTree tbody tr")].find(
  each => each.querySelector(".subjectcol-column")?.textContent.includes(subject));
(async () => {
  pane.displayFolder(MailServices.accounts.accounts[0].incomingServer.rootFolder.getChildNamed("INBOX").URI);
  await until(() => subjects.every(row));
  const seen = {};
  for (const subject of subjects) {
    const tree = pane.threadTree;
    tree.selectedIndex = Number(row(subject).id.replace(/\\D/g, ""));
    const shown = await until(() => {
      const message = pane.messageBrowser.contentDocument;
      return message?.getElementById("expandedsubjectBox")?.textContent.includes(subject) && message;
    });
    tree.selectedIndex = -1;
    const tags = [...shown.querySelectorAll("#expandedtagsBox .tag")].map(tag => tag.textContent);

    seen[subject] = [win.getComputedStyle(row(subject)).getPropertyValue("--tag-color").toLowerCase(), tags];
  }
  return seen;
})().then(done, error => done(String(error)));
"""


@pytest.fixture(scope="module")
def thunderbird(server_folder: Path, dovecot: Dovecot, marked: MarkedMailbox) -> Iterator[Thunderbird]:
    """A running Thunderbird with our names and colours."""
    program = Thunderbird(server_folder / "tb", dovecot, marked.address, PREFERENCES.read_text(encoding="utf-8"))
    program.start()
    yield program
    program.stop()


def test_tags_in_list_and_message(thunderbird: Thunderbird) -> None:
    """Each row stands in the colour of its keyword, and the open mail names it; a mail without keyword has neither."""
    seen: dict[str, Any] = thunderbird.run(LOOK, list(SUBJECTS.values()))
    thunderbird.screenshot(picture("thunderbird"))
    plain, tags = seen[SUBJECTS[""]]
    assert tags == []
    for keyword in KEYWORDS:
        assert seen[SUBJECTS[keyword.name]] == [keyword.colour, [keyword.title]]
        assert plain != keyword.colour
