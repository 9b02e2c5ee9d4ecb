"""Origins: where a mail with an order comes from is looked up, judged, and remembered, in the reading's transaction.

DNS that does not answer holds up no mail for ever: after LAST what is known counts.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from smtpd_billbee.formats.top_headers import addressees, message_id
from smtpd_billbee.model.evidence import Evidence, Result
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.mail import ClaimedMail
from smtpd_billbee.model.order import KeptOrder
from smtpd_billbee.model.reading import Reading
from smtpd_billbee.model.trust import PROVED, Act, Believed, Facts, Judged, KnownShop, Policy
from smtpd_billbee.store.store import Tx
from smtpd_billbee.work.holding import Before
from smtpd_billbee.work.trust import verdict

AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))  # after the mail came in
LAST = AGAIN[-1]
LEARNT = "reader"  # the actor of marks that nobody made by hand


class Proving(Protocol):
    """Who looks up what can be proved of a kept mail."""

    async def evidence_of(self, mail_id: int) -> Evidence: ...


class NothingProved:
    """Nobody looks anything up."""

    async def evidence_of(self, mail_id: int) -> Evidence:
        """Nothing."""
        return Evidence()


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a mail's origin before the shop is asked."""

    evidence: Evidence
    addressees: tuple[str, ...] = ()
    message_id: str = ""
    is_original: bool = False

    @property
    def signatures(self) -> tuple[str, ...]:
        """By what the signed mail is known again, whoever sends it."""
        inner = (each for original in self.evidence.originals for each in original.signatures)
        all_ = (*self.evidence.signatures, *inner)
        return tuple(f"{each.digest}" for each in all_ if each.digest and each.result is Result.PASS)

    @property
    def id_digest(self) -> tuple[str, ...]:
        """The same of its Message-ID."""
        return (sha256(f"id {self.message_id}".encode()).hexdigest(),) if self.message_id else ()


class Origins:
    """Judges mails by the settings of this installation: whom it believes, and which domains are ours."""

    def __init__(self, proving: Proving, believed: Believed, domains: Collection[str]) -> None:
        self._proving = proving
        self._believed = believed
        self._domains = frozenset(domain.lower() for domain in domains)

    async def look(self, mail: ClaimedMail, content: bytes, reading: Reading) -> Origin:
        """What is proved of a mail, and what its headers say."""
        evidence = await self._proving.evidence_of(mail.id)
        return Origin(evidence, addressees(content), message_id(content))

    async def judged(
        self, tx: Tx, mail: ClaimedMail, reading: Reading, origin: Origin, now: datetime
    ) -> tuple[Judged, KnownShop]:
        """How the mail is to be taken, and the shop that was asked; what a person said of it before stays."""
        shop = replace((await tx.trust.known({mail.shop_id}))[mail.shop_id], domains=self._domains)
        site = reading.order.site if reading.order else None
        is_final = now - mail.received_at >= LAST
        facts = Facts(mail.recipient, site or "", origin.addressees, origin.is_original, is_final)
        before = await tx.trust.judged(mail.id)
        judged = Judged(verdict(origin.evidence, facts, shop, self._believed), before.accepted if before else None)
        return judged, shop

    @staticmethod
    async def before(tx: Tx, mail: ClaimedMail, origin: Origin, known: KeptOrder | None) -> Before:
        """What came before it."""
        first = await tx.trust.judged(known.mail_id) if known is not None and known.mail_id is not None else None
        return Before(
            await tx.trust.seen(mail.shop_id, origin.signatures, mail.id),
            await tx.trust.seen(mail.shop_id, origin.id_digest, mail.id),
            first.verdict.level if first else None,
        )

    @staticmethod
    async def remember(tx: Tx, mail: ClaimedMail, origin: Origin, judged: Judged, now: datetime) -> None:
        """The mail has become an order, or says the same as one: it is known again, and its shop has learnt."""
        await tx.trust.trace(mail.shop_id, (*origin.signatures, *origin.id_digest), mail.id)
        found = judged.verdict
        if found.act is Act.IMPORT and found.level in PROVED:
            await tx.trust.learn(mail.shop_id, found.learns, LEARNT, now)
            await tx.trust.raise_best(mail.shop_id, found.level)


def asked_again_at(mail: ClaimedMail, now: datetime) -> datetime:
    """When a mail is looked at again of which DNS has not said everything."""
    return next((mail.received_at + pause for pause in AGAIN if mail.received_at + pause > now), now)


def lets_everybody_in(shop: KnownShop) -> bool:
    """Whether the shop asks nobody who he is."""
    return shop.policy is Policy.EVERYBODY


def entry(mail: ClaimedMail, account_id: int, action: str, why: str, now: datetime) -> Entry:
    """A line of the journal about a mail that was held back."""
    return Entry(now, LEARNT, action, account_id, mail.shop_id, mail_id=mail.id, detail={"why": why})
