"""`mail show` tells in plain lines what is proved of a mail's origin."""

from dataclasses import replace

from smtpd_billbee.cli.origin import as_json, lines
from smtpd_billbee.model.evidence import UNANSWERED, Arc, Evidence, Known, Original, Result, Signature, Spf
from tests.conftest import NOON

SIGNED = Signature(Result.PASS, "shop.example", "s1", aligned=True)
FORWARDED = Evidence(
    "order@shop.example", "shop.example", Spf(Result.FAIL, "bounce.example"),
    (replace(SIGNED, result=Result.FAIL, why="the body was changed"),), Result.FAIL, "reject",
    Arc(Result.PASS, "google.com", Result.PASS, "shop.example"), (Original("a@b.example", "b.example", (), (SIGNED,)),),
)  # fmt: skip


def test_lines() -> None:
    """One line for the mail, one for each mail that hangs on it."""
    assert [
        "origin: DMARC fail for shop.example (its policy: reject); DKIM fail of shop.example (the body was changed); "
        "SPF fail for bounce.example; ARC pass, sealed by google.com, which found DMARC pass for shop.example",
        "attached mail of b.example: DKIM pass of shop.example",
    ] == lines(Known(FORWARDED, 1))


def test_nothing_known() -> None:
    """What nobody asked, what proves nothing, and what DNS still owes."""
    again = "DNS did not tell everything; it is asked again after 2026-03-02 12:00 UTC"
    stands = "DNS did not tell everything; what is known stands"

    assert ["origin: not looked into yet"] == lines(Known())
    assert ["origin: no author that could be proved; no DKIM signature; SPF none"] == lines(Known(Evidence(), 1))
    assert again == lines(Known(UNANSWERED, 1, NOON))[-1]
    assert stands == lines(Known(UNANSWERED, 4))[-1]


def test_for_programs() -> None:
    """The whole evidence, and when it is asked again."""
    document = as_json(Known(FORWARDED, 1, NOON))

    assert document is not None
    assert ("fail", "google.com", 1, "2026-03-02T12:00:00+00:00") == (
        document["dmarc"], document["arc"]["sealer"], document["asked"], document["again_at"],
    )  # fmt: skip
    assert as_json(Known()) is None
