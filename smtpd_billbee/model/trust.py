"""Who may send a shop's orders: levels of proof, what a shop does with each, and what it knows of its senders."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How well the origin of a mail is proved; 'A' is the best.  Their letters sort as they are meant."""

    A = "A"  # signed by a trusted domain, and it is this shop's
    B = "B"  # the same, by the word of a trusted forwarder (ARC), or by the original that is attached
    C = "C"  # an owner, or a user of the account, has sent it on himself, and that is proved
    D = "D"  # something is proved, and not enough: the server alone, a sender seen before, another shop's Jimdo
    E = "E"  # nothing


PROVED = frozenset({Level.A, Level.B, Level.C})


class Policy(StrEnum):
    """What a shop does with orders whose origin is not proved.  Its switch in config, command line and window."""

    PROVED = "proved"  # they wait for a person
    MARKED = "marked"  # they are imported, and marked
    EVERYBODY = "everybody"  # whoever writes to the address makes orders: for closed networks only


class Act(StrEnum):
    """What becomes of an order."""

    IMPORT = "import"
    MARK = "mark"  # imported, and a person should look
    QUARANTINE = "quarantine"  # kept until a person says so
    WAIT = "wait"  # DNS has not answered yet


class Sort(StrEnum):
    """What a shop knows a genuine mail by."""

    ADDRESS = "address"  # its author
    DOMAIN = "domain"  # its author's domain, and those below it
    HOST = "host"  # the site that it names as the shop's
    RECIPIENT = "recipient"  # whom a signed To or Cc names


@dataclass(frozen=True, slots=True)
class Mark:
    """One of these.  `via`: a MAIL FROM that SPF proves, where the author's domain proves nothing; '' otherwise."""

    sort: Sort
    value: str
    via: str = ""


@dataclass(frozen=True, slots=True)
class Believed:
    """The installation's settings: the domains that send orders, and the forwarders whose ARC results count."""

    domains: tuple[str, ...] = ("jimdo.com", "jimdo.de", "jimdofree.com")
    sealers: tuple[str, ...] = ("google.com", "microsoft.com", "outlook.com")


@dataclass(frozen=True, slots=True)
class KnownShop:
    """What a shop knows before a mail is judged.

    `owners`: the registered address and those of the account's users; `marks`: allowed senders and what was learnt;
    `best`: the best level seen; `domains`: where our import addresses are.  All of it in small letters.
    """

    id: int
    policy: Policy = Policy.PROVED
    secret: str | None = None
    only_with_secret: bool = False
    best: Level | None = None
    owners: frozenset[str] = frozenset()
    marks: frozenset[Mark] = frozenset()
    domains: frozenset[str] = frozenset()

    @property
    def is_learning(self) -> bool:
        """Nobody has said yet from where its orders come, and no proved one has come."""
        return self.best not in PROVED and not any(mark.sort in (Sort.ADDRESS, Sort.DOMAIN) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a mail says of itself, proved or not.

    `recipient` is the address that it came to; `sites` all that it names, links included.  `is_own`: the order stands
    in the mail itself, not in something that hangs on it or is quoted in it.  `is_titled`: the subject is an order's.
    `is_original`: the order that was read stands just so in the attached original.  `is_sent_on`: somebody has sent on
    a mail by it, himself.  `is_final`: nobody asks DNS again.  `is_of_here`: it came from this very machine.
    """

    recipient: str
    sites: frozenset[str] = frozenset()
    is_own: bool = False
    is_titled: bool = False
    is_original: bool = False
    is_sent_on: bool = False
    is_final: bool = True
    is_of_here: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a mail was judged.

    `why` is the sentence for a mark or a quarantine, '' for an import; `proofs` say one thing each.  `trusts`: what
    the shop would know the sender by from now on, if a person says so; () if that cannot be proved.
    """

    level: Level
    act: Act
    why: str = ""
    proofs: tuple[str, ...] = ()
    trusts: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """How a kept mail was judged; `accepted` by whom, if a person has said that it is to be imported all the same."""

    verdict: Verdict
    accepted: str | None = None


def judged_as_json(judged: Judged) -> dict[str, Any]:
    """What is kept of it beside the mail."""
    verdict = judged.verdict
    return {
        "level": str(verdict.level),
        "act": str(verdict.act),
        "why": verdict.why,
        "proofs": list(verdict.proofs),
        "trusts": [[str(mark.sort), mark.value, mark.via] for mark in verdict.trusts],
        "accepted": judged.accepted,
    }


def judged_of_json(kept: Mapping[str, Any] | None) -> Judged | None:
    """The same, read back; None for a mail that was never judged."""
    if kept is None:
        return None
    trusts = tuple(Mark(Sort(sort), value, via) for sort, value, via in kept["trusts"])
    verdict = Verdict(Level(kept["level"]), Act(kept["act"]), kept["why"], tuple(kept["proofs"]), trusts)
    return Judged(verdict, kept["accepted"])
