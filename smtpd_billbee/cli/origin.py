"""What is proved of a mail's origin, in a line or two for people."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from smtpd_billbee.model.evidence import Arc, Evidence, Known, Result, Signature, Spf
from smtpd_billbee.model.trust import Judged

MOST = 5  # attached mails


def lines(known: Known) -> list[str]:
    """The lines of `mail show`."""
    evidence = known.evidence
    if evidence is None:
        return ["origin: not looked into yet"]
    found = [f"origin: {'; '.join(_proofs(evidence))}", *_attached(evidence)]
    if known.again_at is not None:
        found.append(f"DNS did not tell everything; it is asked again after {known.again_at:%Y-%m-%d %H:%M} UTC")
    elif evidence.unsettled:
        found.append("DNS did not tell everything; what is known stands")
    return found


def judgement(judged: Judged | None) -> list[str]:
    """What the shop made of it."""
    if judged is None:
        return []
    accepted = f", accepted by {judged.accepted}" if judged.accepted else ""
    return [f"trust: level {judged.verdict.level}{accepted}"]


def as_json(known: Known) -> dict[str, Any] | None:
    """The same for programs."""
    if known.evidence is None:
        return None
    again_at = known.again_at.isoformat() if known.again_at else None
    return asdict(known.evidence) | {"asked": known.asked, "again_at": again_at}


def _proofs(evidence: Evidence) -> Iterator[str]:
    if not evidence.domain:
        yield "no author that could be proved"
    else:
        policy = f" (its policy: {evidence.policy})" if evidence.policy else ""
        yield f"DMARC {evidence.dmarc} for {evidence.domain}{policy}"
    yield from (_signature(each) for each in evidence.signatures)
    if not evidence.signatures:
        yield "no DKIM signature"
    yield _spf(evidence.spf)
    if evidence.arc.result is not Result.NONE:
        yield _arc(evidence.arc)


def _signature(signature: Signature) -> str:
    why = f" ({signature.why})" if signature.why else ""
    return f"DKIM {signature.result} of {signature.domain or 'a domain that cannot be read'}{why}"


def _spf(spf: Spf) -> str:
    return f"SPF {spf.result}" + (f" for {spf.domain}" if spf.domain else "")


def _arc(arc: Arc) -> str:
    if arc.result is not Result.PASS:
        return f"ARC {arc.result}"
    about = f", which found DMARC {arc.dmarc}" + (f" for {arc.domain}" if arc.domain else "")
    return f"ARC pass, sealed by {arc.sealer}{about}"


def _attached(evidence: Evidence) -> Iterator[str]:
    for original in evidence.originals[:MOST]:
        signatures = "; ".join(_signature(each) for each in original.signatures) or "no DKIM signature"
        yield f"attached mail of {original.domain or 'nobody who could be proved'}: {signatures}"
