"""DMARC (RFC 7489): what the author's domain publishes, and whether the mail is really the author's."""

from collections.abc import Iterable
from dataclasses import dataclass

from smtpd_billbee.auth.domains import organisation
from smtpd_billbee.auth.lookup import Lookup, LookupFailed, texts
from smtpd_billbee.model.evidence import Result, Signature, Spf

POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked for mails that are not the author's, and how near a proof must be to the author's domain."""

    asks: str
    strict_dkim: bool = False
    strict_spf: bool = False


def names_for(domain: str) -> list[str]:
    """Where a policy may stand: at the domain, then at the registered one (RFC 7489 6.6.3)."""
    above = organisation(domain)
    return [f"_dmarc.{name}" for name in dict.fromkeys((domain, above)) if above]


def check(domain: str, spf: Spf, signatures: Iterable[Signature], lookup: Lookup) -> tuple[Result, str]:
    """DMARC's answer for the author's domain, and its policy ('' without one)."""
    if not domain:
        return Result.PERMERROR, ""  # no author, or more than one: there is nobody whose mail it could be
    try:
        policy = _find(domain, lookup)
    except LookupFailed:
        return Result.TEMPERROR, ""
    if policy is None:
        return Result.NONE, ""
    proofs = [(each.result, each.domain, each.aligned, policy.strict_dkim) for each in signatures]
    proofs.append((spf.result, spf.domain, spf.aligned, policy.strict_spf))
    near = [result for result, where, aligned, strict in proofs if (where == domain if strict else aligned)]
    if Result.PASS in near:
        return Result.PASS, policy.asks
    return (Result.TEMPERROR if Result.TEMPERROR in near else Result.FAIL), policy.asks


def _find(domain: str, lookup: Lookup) -> Policy | None:
    for place, name in enumerate(names_for(domain)):
        records = [tags for record in texts(lookup, name) if (tags := _tags(record))]
        if len(records) > 1:  # RFC 7489 6.6.3 (5): then there is none
            return None
        if records:
            return _policy(records[0], of_organisation=place > 0)
    return None


def _tags(record: bytes) -> dict[str, str]:
    """The tags of a record that begins with v=DMARC1 (RFC 7489 6.3), or none."""
    pairs = [tag.partition("=") for tag in record.decode("latin-1").split(";")]
    tags = {name.strip().lower(): value.strip() for name, _, value in pairs}
    first = pairs[0]
    return tags if first[0].strip().lower() == "v" and first[2].strip() == "DMARC1" else {}


def _policy(tags: dict[str, str], *, of_organisation: bool) -> Policy | None:
    asks = tags.get("p", "").lower()
    if of_organisation and tags.get("sp", "").lower() in POLICIES:
        asks = tags["sp"].lower()
    if asks not in POLICIES:  # RFC 7489 6.6.3 (6): it counts as p=none if it wants reports
        if not tags.get("rua"):
            return None
        asks = "none"
    return Policy(asks, tags.get("adkim", "").lower() == "s", tags.get("aspf", "").lower() == "s")
