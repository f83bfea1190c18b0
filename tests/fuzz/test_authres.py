"""Fuzz: every Authentication-Results field of RFC 8601's grammar is read whole, and no sender's word changes it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from glassdome.parse import parse_message
from glassdome.parse.authres import parse_payload
from glassdome.values.message import AuthResult, Message

QUICK = settings(max_examples=300, deadline=None)
_KEYWORDS = st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z0-9]", fullmatch=True)
_DOMAINS = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,6}){1,2}", fullmatch=True)
#: What a local part in quotes may hold (RFC 5321 4.1.2: qtextSMTP and quoted-pairSMTP).
_LOCAL = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
_ATTACK = st.lists(
    st.sampled_from(
        [";", " ", "(", ")", '"', "\\", "=", "@", "\t", "dmarc=pass", "dkim=pass", "header.from=bank.example", "x",
         "header.d=bank.example", "@bank.example", "reason=", "none", "dmarc/1 = pass", "bank.example", ",", "/", "."]
    ),
    max_size=12,
).map("".join)  # fmt: skip
_BLANK = st.sampled_from([" ", "", "\r\n\t", "  "])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def _cfws(draw: st.DrawFn, *, needed: bool = False) -> str:
    """Blanks and comments; comments nest, and hold anything but quotation marks and bare parentheses."""
    inner = draw(st.text(alphabet="abc;=. \u00e4", max_size=8))
    nested = draw(st.sampled_from(["", "(a;b=c)", "\\)", "\\("]))
    comment = draw(st.sampled_from(["", f"({inner}{nested})"]))
    return (draw(_BLANK) or (" " if needed and not comment else "")) + comment + draw(_BLANK)


@st.composite
def _value(draw: st.DrawFn) -> tuple[str, str]:
    """A pvalue and the domain in it: a domain, an address, one with a quoted local part, all of it quoted."""
    domain = draw(_DOMAINS)
    local = draw(_LOCAL)
    address = f"{_quoted(local)}@{domain}"
    return draw(st.sampled_from([domain, f"@{domain}", f"a+b=c@{domain}", address, _quoted(address)])), domain


@st.composite
def _field(draw: st.DrawFn) -> tuple[str, list[AuthResult]]:
    """A field of the grammar and what it says."""
    text = draw(_cfws()) + draw(st.sampled_from(["mx.example.org", '"mx.example.org"']))
    text += draw(st.sampled_from(["", " 1", "\t2 "])) + draw(_cfws())
    expected: list[AuthResult] = []
    properties = {"dkim": "header.d", "spf": "smtp.mailfrom", "dmarc": "header.from"}
    for method in draw(st.lists(st.sampled_from(sorted(properties)), max_size=6)):
        result = draw(_KEYWORDS)
        version = draw(st.sampled_from(["", "/1", " / 1 "]))
        text += f";{draw(_cfws())}{method}{version}{draw(_cfws())}={draw(_cfws())}{result}"
        if draw(st.booleans()):
            text += f"{draw(_cfws(needed=True))}reason{draw(_cfws())}={draw(_cfws())}{_quoted(draw(_LOCAL))}"
        kind, _, name = properties[method].partition(".")
        value, domain = draw(_value())
        text += f"{draw(_cfws(needed=True))}{kind}{draw(_cfws())}.{draw(_cfws())}{name}{draw(_cfws())}={value}"
        if draw(st.booleans()):
            text += f" policy.x={_quoted(draw(_LOCAL))}"
        text += draw(_cfws())
        expected.append(AuthResult(method=method, result=result, domain=domain))
    return text + ("" if expected else ";none"), expected


@given(_field())
@QUICK
def test_the_grammar(field: tuple[str, list[AuthResult]]) -> None:
    """Every result that the grammar produces is read back whole."""
    text, expected = field
    payload = parse_payload(text)

    assert (payload.authserv_id, payload.results) == ("mx.example.org", expected)


def _parse(field: str) -> Message:
    head = f"Authentication-Results: mx.example.org; {field}\nReceived: from x by mx.example.org; now\n"
    mail = f"{head}From: Boss <boss@bank.example>\nSubject: x\n\nHello\n".encode()
    return parse_message(mail, authserv_ids=frozenset({"mx.example.org"}))


def _printed(sender: str, style: str) -> str:
    """The sender's SPF result as servers print it; one of them quotes nothing."""
    shown = {
        "local": f"{_quoted(sender)}@evil.example",
        "whole": _quoted(f"{_quoted(sender)}@evil.example"),
        "plain": f"{sender}@evil.example",
    }[style]
    return f"spf=pass (mx: domain of {shown} designates 192.0.2.1 as permitted sender) smtp.mailfrom={shown}"


@given(_ATTACK, st.sampled_from(["local", "whole", "plain"]), st.booleans())
@example('a" x="', "plain", True)
@example("x;dmarc=pass header.from=bank.example;", "plain", False)
@example("x(", "local", True)
@example(";a=b" * 60, "plain", False)
@QUICK
def test_a_failure_is_never_hidden(sender: str, style: str, comment: bool) -> None:
    """Whatever the sender calls himself, and however our server prints it, the DMARC failure behind it stands."""
    reason = ' reason="SPF not aligned (relaxed), No valid DKIM"' if comment else ""
    message = _parse(f"{_printed(sender, style)}; dmarc=fail{reason} header.from=bank.example (policy=reject)")

    best = message.authentication.best("dmarc")
    assert best is not None
    assert best.result == "fail"
    assert not bool(message.authenticity)


@given(_ATTACK, st.sampled_from(["local", "whole"]))
@QUICK
def test_nobody_authenticates_himself(sender: str, style: str) -> None:
    """A server that quotes prints no words of the sender that pass for a result, also where the domain has no DMARC."""
    assert not bool(_parse(f"{_printed(sender, style)}; dkim=none; dmarc=none header.from=bank.example").authenticity)


@given(st.text(max_size=200))
@QUICK
def test_any_text(text: str) -> None:
    """Nothing is raised, and no domain has characters that a domain has not."""
    for result in parse_payload(text).results:
        assert not set(result.domain) & set('"@;() <>')
