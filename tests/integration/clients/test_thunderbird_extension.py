"""Debian's Thunderbird with our add-on: settings, the verdict of the open message, a correction."""

from __future__ import annotations

import base64
import imaplib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.process import free_port
from tests.servers.thunderbird import Thunderbird

from .conftest import picture
from .marked import HOSTILE, KEY, SUBJECTS, MarkedMailbox, mail_of, marked_mailbox

pytestmark = pytest.mark.servers
CLIENT = Path(__file__).parents[3] / "clients" / "thunderbird"
#: Nobody is there to answer Thunderbird's question for the host, nor to keep the focus in the popup.
PREFERENCES = """
user_pref("extensions.webextOptionalPermissionPrompts", false);
user_pref("ui.popup.disable_autohide", true);
"""
FRAUD = f"Your parcel {HOSTILE}"
#: Flags, subject and sender of mails that borrow the Message-ID of a judged one, by the keyword of that one.
BORROWERS = {
    "glassdome-check": ("(\\Seen)", SUBJECTS["glassdome-check"], "B <b@evil.test>"),
    "glassdome-now": ("(\\Seen $Phishing)", SUBJECTS["glassdome-now"], "A <a@new.test>"),
    "glassdome-answer": ("(\\Seen)", "Another mail", "A <a@new.test>"),
}
MISSING = "Glassdome has not judged this message."
#: `inside(page, body, argument)` runs `body` in a page of the add-on, in that page's own process.
_TOOLS = """
const win = Services.wm.getMostRecentWindow("mail:3pane");
const tabmail = win.document.getElementById("tabmail");
const until = async seen => {
  for (;;) {
    const found = await seen();
    if (found) return found;
    await new Promise(resolve => win.setTimeout(resolve, 50));
  }
};
const browserOf = page => [...win.document.querySelectorAll("browser")].find(
  each => each.currentURI?.spec.startsWith("moz-extension:") && each.currentURI.spec.endsWith(page));
const inside = async (page, body, argument) => {
  const browser = await until(() => browserOf(page));
  const answer = `glassdome-test-${Math.random()}`;
  const said = new Promise(resolve => browser.messageManager.addMessageListener(answer, resolve));
  const script = `{ const document = content.document, argument = ${JSON.stringify(argument ?? null)};
    (async () => { ${body} })().then(value => ({value}), error => ({error: String(error)}))
      .then(data => sendAsyncMessage("${answer}", data)); }`;
  browser.messageManager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(script), false);
  const {data} = await said;
  if (data.error) throw new Error(data.error);
  return data.value;
};
const shownBy = (page, place) => until(() => inside(page, `return document.querySelector(argument)?.textContent`, place));
const [argument, done] = arguments;
"""
#: Opens the message with a subject, and our popup above it; returns the parts of what it shows.
_OPEN = """
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
browserOf("popup.html")?.closest("panel").hidePopup();
await until(() => !browserOf("popup.html"));
tabmail.switchToTab(0);
const pane = tabmail.currentAbout3Pane;
pane.displayFolder(MailServices.accounts.accounts[0].incomingServer.rootFolder.getChildNamed("INBOX").URI);
const row = await until(() => [...pane.document.querySelectorAll("#threadTree tbody tr")].find(
  each => each.querySelector(".subjectcol-column")?.textContent.includes(argument)));
pane.threadTree.selectedIndex = Number(row.id.replace(/\\D/g, ""));
const button = await until(() => {
  const message = pane.messageBrowser.contentDocument;
  return message?.getElementById("expandedsubjectBox")?.textContent.includes(argument)
    && message.querySelector("[data-extensionid='thunderbird@glassdome.invalid']:not([disabled])");
});
button.dispatchEvent(new button.documentGlobal.MouseEvent("mousedown", {button: 0, bubbles: true}));
button.click();
"""
_READ = """
await shownBy("popup.html", "#glassdome > :is(strong, p)");
return inside("popup.html", `
  const texts = kind => [...document.querySelectorAll("#glassdome " + kind)].map(each => each.textContent);
  return {strong: texts("strong"), p: texts("p"), li: texts("li"), button: texts("button"),
    markup: texts("img").length + texts("b").length, pwned: content.wrappedJSObject.pwned ?? null};`);
"""
_PRESS = """
await inside("popup.html", `[...document.querySelectorAll("button")].find(each => each.textContent === argument).click()`,
  argument);
"""
_CHANGED = """
await until(() => inside("popup.html", `return !document.querySelector("button:disabled")`));
"""
_SAVE = """
await shownBy("options.html", "#hint");
await inside("options.html", `
  const [url, mailbox, key] = argument;
  Object.entries({url, mailbox, key}).forEach(([id, value]) => { document.getElementById(id).value = value; });
  document.getElementById("said").textContent = "";
  const pressed = content.windowUtils.setHandlingUserInput(true);
  document.getElementById("save").click();
  pressed.destruct();`, argument);
const said = await shownBy("options.html", "#said");
return inside("options.html", `return [document.getElementById("said").textContent,
  document.getElementById("hint").textContent, document.getElementById("key").value]`);
"""
_PICTURE = """
const browser = browserOf("popup.html");
const bitmap = await browser.browsingContext.currentWindowGlobal.drawSnapshot(null, 1, "white");
const canvas = win.document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
[canvas.width, canvas.height] = [bitmap.width, bitmap.height];
canvas.getContext("2d").drawImage(bitmap, 0, 0);
return canvas.toDataURL("image/png").split(",")[1];
"""


@pytest.fixture(scope="module")
def marked(dovecot: Dovecot) -> MarkedMailbox:
    """The marked mailbox with a hostile subject; in the place of some judged mails stand others with their Message-ID."""
    made = marked_mailbox(dovecot, SUBJECTS | {"$Phishing": FRAUD})
    numbers = {keyword: number for number, keyword in enumerate(SUBJECTS, 1)}
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port) as imap:
        imap.login(made.address, PASSWORD)
        imap.select("INBOX")
        for keyword, (flags, subject, sender) in BORROWERS.items():
            imap.store(str(numbers[keyword]), "+FLAGS", "\\Deleted")
            mail = mail_of(made.address, numbers[keyword], subject, sender)
            imap.append("INBOX", flags, '"20-Nov-2026 10:00:00 +0000"', mail)
        imap.expunge()
    return made


@pytest.fixture(scope="module")
def thunderbird(server_folder: Path, dovecot: Dovecot, marked: MarkedMailbox) -> Iterator[Thunderbird]:
    """A running Thunderbird with our add-on."""
    tags = (CLIENT / "user.js").read_text(encoding="utf-8")
    program = Thunderbird(server_folder / "tx", dovecot, marked.address, tags + PREFERENCES)
    program.start()
    package = program.base / "glassdome.xpi"
    subprocess.run([CLIENT / "build", package], check=True)
    program.install(package)
    yield program
    program.stop()


def test_verdict_and_correction(thunderbird: Thunderbird, marked: MarkedMailbox, verdicts: str) -> None:
    """A message shows verdict, reasons and summary as text, and takes a correction."""
    empty = read(thunderbird, FRAUD)
    assert empty["p"] == ["Enter the address of Glassdome and your API key first."]
    act(thunderbird, _PRESS, "Open the settings")
    assert save(thunderbird, verdicts, marked.address, KEY) == ["Saved. Glassdome answers.", "A key is stored.", ""]

    seen = read(thunderbird, FRAUD)
    assert seen["strong"] == ["Phishing"]
    assert seen["p"] == [f"Summary {HOSTILE}"]
    assert seen["li"] == [f"Why {HOSTILE} {HOSTILE}"]
    assert seen["button"] == ["Not spam"]
    picture("thunderbird-verdict").write_bytes(base64.b64decode(act(thunderbird, _PICTURE)))

    act(thunderbird, _PRESS + _CHANGED, "Not spam")
    assert act(thunderbird, _READ)["strong"] == ["You said: Looks fine"]
    query = {"mailbox": marked.address, "email_id": str(marked.refs[FRAUD].uid)}
    answer = httpx.get(f"{verdicts}/api/v1/get/llm/analysis", params=query, headers={"X-API-Key": KEY})
    assert answer.json()["correction"] == "ham"


def test_other_messages(thunderbird: Thunderbird) -> None:
    """An encrypted mail, a reply and a mail without keyword have their verdicts."""
    assert read(thunderbird, SUBJECTS["glassdome-unreadable"])["strong"] == ["Not judged: encrypted"]
    assert read(thunderbird, SUBJECTS["glassdome-waiting"].removeprefix("Re: "))["strong"] == ["Looks fine"]
    assert read(thunderbird, SUBJECTS[""])["button"] == ["Report phishing"]


def test_borrowed_message_id(thunderbird: Thunderbird) -> None:
    """A mail with another subject or sender than the judged one has no verdict, nor has one whose tag contradicts."""
    assert read(thunderbird, "Another mail")["p"] == [MISSING]
    assert read(thunderbird, SUBJECTS["glassdome-check"])["p"] == [MISSING]
    assert read(thunderbird, SUBJECTS["glassdome-now"])["p"][0].startswith("Several messages have this Message-ID")


def test_errors_in_plain_words(thunderbird: Thunderbird, marked: MarkedMailbox, verdicts: str) -> None:
    """Each thing that can be wrong with the settings is named; the key goes to no address without encryption."""
    nobody = f"http://127.0.0.1:{free_port()}"
    assert save(thunderbird, verdicts, "bob@other.test", "")[0] == "This key does not cover this mailbox."
    refused = "Glassdome refuses the API key. Change it in the settings."
    assert save(thunderbird, verdicts, marked.address, "a-key-that-nobody-has")[0] == refused
    assert save(thunderbird, nobody, marked.address, KEY)[0] == "Glassdome cannot be reached."
    assert read(thunderbird, FRAUD)["p"] == ["Glassdome cannot be reached."]
    plain = save(thunderbird, "http://mail.example.org", marked.address, KEY)[0]
    assert plain.startswith("The address must begin with https://")


def act(program: Thunderbird, script: str, argument: Any = None) -> Any:
    """Run a script with our tools; its answer comes back, its errors are raised."""
    wrapped = f"(async () => {{ {script} }})().then(value => done({{value}}), error => done({{error: String(error)}}));"
    answer = program.run(_TOOLS + wrapped, argument)
    assert "error" not in answer, answer["error"]
    return answer.get("value")


def read(program: Thunderbird, subject: str) -> dict[str, Any]:
    """Open a message and our popup; nothing of a mail became markup there."""
    seen: dict[str, Any] = act(program, _OPEN + _READ, subject)
    assert (seen["markup"], seen["pwned"]) == (0, None)
    return seen


def save(program: Thunderbird, *fields: str) -> list[str]:
    """Fill in the settings and save them; return what is said, the hint of the key, and the key's field."""
    said: list[str] = act(program, _SAVE, list(fields))
    return said
