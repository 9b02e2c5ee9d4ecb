"""Origins: where a mail with an order comes from is looked up, judged, and remembered, in the reading's transaction."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from smtpd_billbee.formats.nested import nested_mails
from smtpd_billbee.formats.top_headers import addressees, message_id
from smtpd_billbee.model.evidence import UNANSWERED, Evidence, Known, Result
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.mail import ClaimedMail
from smtpd_billbee.model.order import KeptOrder
from smtpd_billbee.model.reading import Reading
from smtpd_billbee.model.trust import PROVED, Act, Believed, Facts, Judged, KnownShop, Policy
from smtpd_billbee.store.store import Tx
from smtpd_billbee.work.holding import Before
from smtpd_billbee.work.trust import is_believed, verdict

MOST_ORIGINALS = 3
LEARNT = "reader"  # the actor of marks that nobody made by hand


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a mail's origin before the shop is asked."""

    evidence: Evidence
    again_at: datetime | None = None  # when DNS is asked again
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

    def __init__(self, believed: Believed, domains: Collection[str]) -> None:
        self._believed = believed
        self._domains = frozenset(domain.lower() for domain in domains)

    def believed_originals(self, evidence: Evidence, content: bytes) -> list[bytes]:
        """The attached mails that a believed domain has signed.  Few: each is read again."""
        found = zip(evidence.originals, nested_mails(content), strict=False)
        return [raw for original, raw in found if is_believed(original, self._believed)][:MOST_ORIGINALS]

    async def judged(self, tx: Tx, mail: ClaimedMail, reading: Reading, origin: Origin) -> tuple[Judged, KnownShop]:
        """How the mail is to be taken, and the shop that was asked; what a person said of it before stays."""
        shop = replace((await tx.trust.known({mail.shop_id}))[mail.shop_id], domains=self._domains)
        site = reading.order.site if reading.order else None
        facts = Facts(
            mail.recipient, site or "", origin.addressees, origin.is_original, is_final=origin.again_at is None
        )
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


def origin_of(known: Known, content: bytes, *, is_original: bool) -> Origin:
    """What is proved of a mail, and what its headers say."""
    evidence = known.evidence or UNANSWERED
    return Origin(evidence, known.again_at, addressees(content), message_id(content), is_original)


def lets_everybody_in(shop: KnownShop) -> bool:
    """Whether the shop asks nobody who he is."""
    return shop.policy is Policy.EVERYBODY


def entry(mail: ClaimedMail, account_id: int, action: str, why: str, now: datetime) -> Entry:
    """A line of the journal about a mail that was held back."""
    return Entry(now, LEARNT, action, account_id, mail.shop_id, mail_id=mail.id, detail={"why": why})
