"""Origins: where a mail with an order comes from is looked up, judged, and remembered, in the reading's transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address

from smtpd_billbee.formats.nested import nested_mails
from smtpd_billbee.formats.top_headers import message_id
from smtpd_billbee.model.evidence import UNANSWERED, Evidence, Known, Result
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.mail import ClaimedMail, Delivery
from smtpd_billbee.model.order import KeptOrder
from smtpd_billbee.model.reading import Reading
from smtpd_billbee.model.trust import PROVED, Act, Believed, Facts, Judged, KnownShop, Level, Policy
from smtpd_billbee.store.store import Tx
from smtpd_billbee.store.trust import Traces
from smtpd_billbee.work.holding import Before
from smtpd_billbee.work.trust import is_believed, verdict

MOST_ORIGINALS = 3
READER = "reader"  # the actor of what nobody did by hand


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a mail's origin before the shop is asked."""

    evidence: Evidence
    again_at: datetime | None = None  # when DNS is asked again
    message_id: str = ""
    sites: frozenset[str] = frozenset()  # all that it names, or the attached original that speaks for it
    is_own: bool = False
    is_titled: bool = False
    is_original: bool = False
    is_sent_on: bool = False
    is_of_here: bool = False
    site: str = ""  # that the order calls the shop's

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

    async def desk(
        self, tx: Tx, shop_ids: Collection[int], mails: Collection[tuple[ClaimedMail, Origin | None]]
    ) -> "Desk":
        """What is asked of the database for several mails at once."""
        shops = {
            number: replace(shop, domains=self._domains) for number, shop in (await tx.trust.known(shop_ids)).items()
        }
        before = await tx.trust.judged_all([mail.id for mail, _ in mails])
        seen = await tx.trust.seen({each for mail, origin in mails if origin for each in _traces(mail, origin)})
        return Desk(tx, self._believed, shops, before, seen)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the mails of one transaction are judged; what they change is written at its end.

    `before`: how they were judged when they were read before.  `seen`: by what other mails are known again.
    """

    tx: Tx
    believed: Believed
    shops: Mapping[int, KnownShop]
    before: Mapping[int, Judged]
    seen: Traces = field(default_factory=dict)
    _new: Traces = field(default_factory=dict)
    _best: dict[int, Level] = field(default_factory=dict)

    def judged(self, mail: ClaimedMail, origin: Origin) -> Judged:
        """How the mail is to be taken; what a person said of it before stays."""
        is_final = origin.again_at is None
        facts = Facts(
            mail.recipient, origin.sites, origin.is_own, origin.is_titled, origin.is_original, origin.is_sent_on,
            is_final=is_final, is_of_here=origin.is_of_here, site=origin.site,
        )  # fmt: skip
        found = verdict(origin.evidence, facts, self.shops[mail.shop_id], self.believed)
        before = self.before.get(mail.id)
        return Judged(found, before.accepted if before else None)

    def lets_everybody_in(self, shop_id: int) -> bool:
        """Whether the shop asks nobody who he is."""
        return self.shops[shop_id].policy is Policy.EVERYBODY

    async def what_came_before(self, mail: ClaimedMail, origin: Origin, known: KeptOrder | None) -> Before:
        """What came before it."""
        seen = {
            digest: other
            for shop, digest in _traces(mail, origin)
            if (other := self.seen.get((shop, digest), mail.id)) != mail.id
        }
        first = await self.tx.trust.judged(known.mail_id) if known and known.mail_id not in (None, mail.id) else None
        return Before(
            next((seen[digest] for digest in origin.signatures if digest in seen), None),
            next((seen[digest] for digest in origin.id_digest if digest in seen), None),
            first.verdict.level if first else None,
        )

    def remember(self, mail: ClaimedMail, origin: Origin, judged: Judged) -> None:
        """The mail has become an order, or says the same as one: it is known again, and the shop has seen its level."""
        for trace in _traces(mail, origin):
            if trace not in self.seen:
                self.seen[trace] = self._new[trace] = mail.id
        found, shop = judged.verdict, self.shops[mail.shop_id]
        if found.act is not Act.IMPORT or found.level not in PROVED:
            return
        if shop.best is None or found.level < shop.best:
            self._best[shop.id] = min(found.level, self._best.get(shop.id, found.level))

    async def write(self) -> None:
        """What was remembered."""
        await self.tx.trust.trace(self._new)
        for shop_id, level in sorted(self._best.items()):
            await self.tx.trust.raise_best(shop_id, level)


def _traces(mail: ClaimedMail, origin: Origin) -> list[tuple[int, str]]:
    return [(mail.shop_id, digest) for digest in (*origin.signatures, *origin.id_digest)]


def origin_of(known: Known, content: bytes, came: Delivery, reading: Reading, original: Reading | None) -> Origin:
    """What is proved of a mail, what it says of itself, and who brought it.

    `original` is the reading of an attached mail that a believed domain has signed, if it is the same order.
    """
    evidence, here = known.evidence or UNANSWERED, is_of_here(came.peer)
    is_original = original is not None and original.is_own
    speaks = original or reading
    return Origin(
        evidence, known.again_at, message_id(content), speaks.sites, reading.is_own, speaks.is_titled, is_original,
        reading.is_sent_on, here, (speaks.order.site if speaks.order else None) or "",
    )  # fmt: skip


def is_of_here(peer: str) -> bool:
    """Whether a mail came from this very machine: from a program on it, or a mail server of one's own before us."""
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


def entry(mail: ClaimedMail, account_id: int, action: str, why: str, now: datetime) -> Entry:
    """A line of the journal about a mail that was held back."""
    return Entry(now, READER, action, account_id, mail.shop_id, mail_id=mail.id, detail={"why": why})
