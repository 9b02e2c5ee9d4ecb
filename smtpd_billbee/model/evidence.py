"""What can be proved of a mail's origin, whatever anybody believes of it.  Trust is decided from it elsewhere."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """The answers of RFC 8601 2.7 that SPF, DKIM, DMARC and ARC share here."""

    NONE = "none"  # there is nothing to check
    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"  # SPF only
    NEUTRAL = "neutral"
    POLICY = "policy"  # it verifies, and is not good enough for us: a short key, `l=`
    TEMPERROR = "temperror"  # DNS did not answer: to be asked again, never taken for a failure
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True)
class Spf:
    """Who may send for `domain`, which MAIL FROM names (the HELO name for the null sender).

    `aligned`: relaxed alignment with the author's domain (RFC 7489 3.1.2).  `sender`: the whole MAIL FROM, lower case;
    '' for the null sender.
    """

    result: Result = Result.NONE
    domain: str = ""
    aligned: bool = False
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM signature.  `digest` is the SHA-256 of its b=, by which a replayed one is known; `why` for people."""

    result: Result
    domain: str
    selector: str = ""
    aligned: bool = False
    digest: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Arc:
    """The chain, its newest sealer (lower case), and what that sealer says the author's domain had proved.

    `recipients`: To, where the newest set covers it; nothing of a Cc, which whoever came before the sealer may have
    added to a mail whose own signature does not cover one.  `left_open`: what whoever had the mail after the sealer
    may have changed of how it is read; '' for nothing.
    """

    result: Result = Result.NONE
    sealer: str = ""
    dmarc: Result = Result.NONE  # of the newest set's ARC-Authentication-Results, worth what the sealer is worth
    domain: str = ""  # the author's domain which that result is about; '' if it does not say
    recipients: tuple[str, ...] = ()
    left_open: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """A mail that is attached as message/rfc822 or .eml: its author, and whether an aligned signature verifies.

    It speaks for itself alone, never for what stands around it: an order counts as its only if it was read from it.
    The originals are in the order of formats/nested.py's nested_mails().
    """

    author: str
    domain: str
    recipients: tuple[str, ...]  # To and Cc, as the signature covers them; () if it does not
    signatures: tuple[Signature, ...] = ()

    @property
    def signed(self) -> bool:
        """A signature of its author's own domain verifies."""
        return any(each.aligned and each.result is Result.PASS for each in self.signatures)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was proved of one mail.

    `author` is the address in From, lower case; '' unless there is exactly one From with exactly one address.
    `signed_recipients` are To and Cc where an aligned, verifying signature covers them.
    """

    author: str = ""
    domain: str = ""
    spf: Spf = Spf()
    signatures: tuple[Signature, ...] = ()
    dmarc: Result = Result.NONE
    policy: str = ""  # of the author's domain: none, quarantine, reject; '' without a record
    arc: Arc = Arc()
    originals: tuple[Original, ...] = ()
    signed_recipients: tuple[str, ...] = ()

    @property
    def unsettled(self) -> bool:
        """DNS kept something from us: ask again later."""
        results = [self.spf.result, self.dmarc, self.arc.result, *(each.result for each in self.signatures)]
        inner = [each.result for original in self.originals for each in original.signatures]
        return Result.TEMPERROR in (*results, *inner)

    @property
    def signed(self) -> bool:
        """A signature of the author's own domain verifies: the mail can be passed on as it is."""
        return any(each.aligned and each.result is Result.PASS for each in self.signatures)


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of one mail's evidence: None if nobody has asked yet.

    `asked`: how often DNS was; `again_at`: when it will be asked again, None if what is known stands.
    """

    evidence: Evidence | None = None
    asked: int = 0
    again_at: datetime | None = None


# What is known of a mail when the checks broke down over it: nothing, and it may be tried again.
UNANSWERED = Evidence(spf=Spf(Result.TEMPERROR), dmarc=Result.TEMPERROR)


def together(before: Evidence, after: Evidence) -> Evidence:
    """Two looks at one mail: the second, but where DNS kept something from it that the first had been told."""
    if not after.unsettled or before == UNANSWERED:
        return after
    if after == UNANSWERED:
        return before
    return replace(
        after,
        spf=before.spf if after.spf.result is Result.TEMPERROR else after.spf,
        signatures=_answered(before.signatures, after.signatures),
        dmarc=before.dmarc if after.dmarc is Result.TEMPERROR else after.dmarc,
        policy=before.policy if after.dmarc is Result.TEMPERROR else after.policy,
        arc=before.arc if after.arc.result is Result.TEMPERROR else after.arc,
        originals=_originals(before.originals, after.originals),
        signed_recipients=after.signed_recipients or before.signed_recipients,
    )


def _answered(before: tuple[Signature, ...], after: tuple[Signature, ...]) -> tuple[Signature, ...]:
    if len(before) != len(after):
        return after
    return tuple(
        old if new.result is Result.TEMPERROR else new for old, new in zip(before, after, strict=True)
    )  # fmt: skip


def _originals(before: tuple[Original, ...], after: tuple[Original, ...]) -> tuple[Original, ...]:
    if len(before) != len(after):
        return after
    return tuple(
        replace(new, signatures=_answered(old.signatures, new.signatures), recipients=new.recipients or old.recipients)
        for old, new in zip(before, after, strict=True)
    )


def evidence_as_json(evidence: Evidence) -> dict[str, Any]:
    """As it is kept."""
    return asdict(evidence)


def evidence_from_json(kept: Mapping[str, Any]) -> Evidence:
    """What evidence_as_json() made."""
    return Evidence(
        author=kept["author"],
        domain=kept["domain"],
        spf=Spf(**_with_result(kept["spf"])),
        signatures=_signatures(kept["signatures"]),
        dmarc=Result(kept["dmarc"]),
        policy=kept["policy"],
        arc=_arc(kept["arc"]),
        originals=tuple(
            Original(each["author"], each["domain"], tuple(each["recipients"]), _signatures(each["signatures"]))
            for each in kept["originals"]
        ),
        signed_recipients=tuple(kept["signed_recipients"]),
    )


def _arc(kept: Mapping[str, Any]) -> Arc:
    recipients = tuple(kept.get("recipients", ()))
    return Arc(**(_with_result(kept) | {"dmarc": Result(kept["dmarc"]), "recipients": recipients}))


def _signatures(kept: list[dict[str, Any]]) -> tuple[Signature, ...]:
    return tuple(Signature(**_with_result(each)) for each in kept)


def _with_result(kept: Mapping[str, Any]) -> dict[str, Any]:
    return dict(kept) | {"result": Result(kept["result"])}
