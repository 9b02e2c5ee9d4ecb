"""What is held back of what a reading would change, for its origin's sake.  Decided here; touches nothing.

A mail that says what we have, or that we have read before, changes nothing and needs no trust.
"""

from dataclasses import dataclass

from smtpd_billbee.model.trust import PROVED, Act, Judged, Level
from smtpd_billbee.work.fates import Completed, Contradiction, Fate, FiledAway, NewOrder, ReadAnew, SameAgain

MARKED = "its origin is in doubt:"  # begins the problem of an order whose origin is
REPLAYED = "the same signed mail came before: mail {mail}"
SAME_ID = "its Message-ID came before with another order: mail {mail}"
CHANGED = "it says otherwise than the order that we have, and less is proved of its origin"
FILLS = "it would add to an order that came by a file, and its origin is not proved"


@dataclass(frozen=True, slots=True)
class Waiting:
    """DNS is asked again before anything is decided."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Kept until a person says that it is to be imported."""

    why: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A mail that we had already, with another number: its signature does not cover what was changed."""

    why: str


@dataclass(frozen=True, slots=True)
class Before:
    """What came before: mails with the same signature or Message-ID, and how well the order we have was proved."""

    same_signature: int | None = None
    same_id: int | None = None
    level: Level | None = None


Held = Waiting | Quarantined | Replayed


def held(fate: Fate, judged: Judged, before: Before, *, everybody: bool) -> Fate | Held:
    """The fate, if the mail is trusted enough for it."""
    verdict = judged.verdict
    if isinstance(fate, (FiledAway, ReadAnew, SameAgain)) or judged.accepted:
        return fate
    if verdict.act is Act.WAIT:
        return Waiting()
    if verdict.act is Act.QUARANTINE:
        return Quarantined(verdict.why)
    if everybody:
        return fate
    if isinstance(fate, NewOrder) and before.same_signature is not None:
        return Replayed(REPLAYED.format(mail=before.same_signature))
    if isinstance(fate, NewOrder) and before.same_id is not None:
        return Quarantined(SAME_ID.format(mail=before.same_id))
    if isinstance(fate, (Contradiction, Completed)) and before.level is not None and verdict.level > before.level:
        return Quarantined(CHANGED)
    if isinstance(fate, Completed) and verdict.act is Act.MARK:
        return Quarantined(FILLS)
    return fate


def mark_of(judged: Judged | None) -> tuple[str, ...]:
    """The problem of an order that is imported with a mark."""
    if judged is None or judged.accepted or judged.verdict.act is not Act.MARK:
        return ()
    return (f"{MARKED} {judged.verdict.why}",)


def lets_pass(judged: Judged | None) -> bool:
    """Whether it would be imported without a mark."""
    return judged is not None and (bool(judged.accepted) or judged.verdict.act is Act.IMPORT)


def proves(judged: Judged | None) -> bool:
    """Whether a mail ends the doubt in an order that says the same."""
    return judged is not None and judged.verdict.act is Act.IMPORT and judged.verdict.level in PROVED
