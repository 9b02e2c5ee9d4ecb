"""Evidence as a value: kept as JSON, and two looks put together."""

import json
from dataclasses import replace

from smtpd_billbee.model.evidence import (
    UNANSWERED,
    Arc,
    Evidence,
    Original,
    Result,
    Signature,
    Spf,
    evidence_as_json,
    evidence_from_json,
    together,
)

SIGNED = Signature(Result.PASS, "shop.example", "s1", True, "abc", "")
FULL = Evidence(
    "order@shop.example", "shop.example", Spf(Result.PASS, "shop.example", True), (SIGNED,), Result.PASS, "reject",
    Arc(Result.PASS, "google.com", Result.PASS, "shop.example"),
    (Original("a@b.example", "b.example", ("x@y.example",), (SIGNED,)),), ("x@y.example",),
)  # fmt: skip
AWAY = replace(SIGNED, result=Result.TEMPERROR)


def test_kept_as_json() -> None:
    """What is kept comes back as it was, its results as the words they are."""
    for evidence in (FULL, Evidence(), UNANSWERED):
        assert evidence == evidence_from_json(json.loads(json.dumps(evidence_as_json(evidence))))
    assert isinstance(evidence_from_json(evidence_as_json(FULL)).arc.dmarc, Result)


def test_what_was_told_stands() -> None:
    """The second look counts, but where DNS was silent at the second and had spoken at the first."""
    later = replace(
        FULL, spf=Spf(Result.TEMPERROR, "shop.example", True), signatures=(AWAY,), dmarc=Result.TEMPERROR, policy="",
        arc=Arc(Result.TEMPERROR), originals=(replace(FULL.originals[0], recipients=(), signatures=(AWAY,)),),
        signed_recipients=(),
    )  # fmt: skip

    assert FULL == together(FULL, later)
    assert FULL == together(later, FULL)
    assert FULL == together(FULL, UNANSWERED)
    assert later == together(UNANSWERED, later)


def test_unsettled() -> None:
    """One silent answer is enough, an attached mail's too."""
    assert UNANSWERED.unsettled
    assert replace(FULL, originals=(Original("", "", (), (AWAY,)),)).unsettled
    assert not FULL.unsettled
