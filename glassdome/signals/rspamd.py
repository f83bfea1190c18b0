"""Reports our own Rspamd's findings on the mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.finding import Detector, evidence, hit, none_apply
from glassdome.values.context import Context
from glassdome.values.message import Message, RspamdReport
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "rspamd_score": "Rspamd's score is near or over its own limit",
    "rspamd_clean": "Rspamd found the mail clean",
    "rspamd_phishing": "Rspamd found signs of phishing",
    "rspamd_spam": "Rspamd's statistics or block lists know the mail",
    "rspamd_virus": "Rspamd's virus scanner found something",
}
_SYMBOLS = {
    "rspamd_phishing": re.compile(
        r"^(?:PHISHING|PHISHED_|HACKED_|DBL_PHISH|.*_PHISH(?:ING)?$|SPOOF|FORGED_W_BAD|FROM_NEQ_DISPLAY|HTTP_TO_IP)"
    ),
    "rspamd_spam": re.compile(
        r"^(?:BAYES_SPAM|FUZZY_DENIED|RBL_|RECEIVED_SPAMHAUS|URIBL_|SURBL_|DBL_SPAM|ABUSE_SURBL|MW_SURBL)"
    ),
    "rspamd_virus": re.compile(r"^(?:CLAM_VIRUS|VIRUS_|OLETOOLS|CLAM_SECI_)"),
}
#: Rspamd's own default of the add_header limit, for a report that gives none.
_DEFAULT_REQUIRED = 15.0


def _symbols(report: RspamdReport) -> Iterator[Signal]:
    for name, pattern in _SYMBOLS.items():
        found = [(symbol, score) for symbol, score in report.symbols if score > 0 and pattern.match(symbol)]
        if found:
            strength = 0.4 + sum(score for _, score in found) / 10
            listed = ", ".join(symbol for symbol, _ in found[:4])
            yield hit(name, f"Rspamd: {listed}", *(evidence("rspamd", s) for s, _ in found), strength=strength)


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report Rspamd's findings; nothing applies where it said nothing."""
    report = message.rspamd
    if report is None:
        yield from none_apply(_SIGNALS)
        return
    share = report.score / (report.required if report.required > 0 else _DEFAULT_REQUIRED)
    detail = f"Rspamd scored {report.score:g} of {report.required:g}"
    if share >= 0.4:
        yield hit("rspamd_score", detail, evidence("rspamd"), strength=share)
    elif share <= 0:
        yield hit("rspamd_clean", detail, evidence("rspamd"), strength=0.5 - share)
    yield from _symbols(report)


DETECTOR = Detector(name="rspamd", signals=_SIGNALS, run=detect)
