"""Whether an order may be imported: decided here from what is proved and what the shop knows; touches nothing.

A level says how well the origin is proved, whatever the shop thinks of it; the act follows from the level, the shop's
policy and its senders.  A signature of a trusted domain alone makes no order: everybody may have a shop at Jimdo, have
its orders mailed to our address, and write our site's name into its texts.  So the mail has to be this shop's, too: it
names the shop's site and no other one, or, if it names none, its signed recipient is one that a person has said yes to.
Until somebody has said so, an address of ours in a signed To is a reason to ask him, and no more.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from smtpd_billbee.formats.addresses import is_secret, read_import_address
from smtpd_billbee.model.evidence import Evidence, Original, Result
from smtpd_billbee.model.trust import PROVED, Act, Believed, Facts, KnownShop, Level, Mark, Policy, Sort, Verdict

NOTHING = "nothing proves who sent it"
STRANGER = "who sent it is proved, and this shop does not know him"
NOT_KNOWN = "nobody has said yet that this is your shop's sender"
OTHER_SHOP = "it seems to be of another shop"
OTHER_SITE = "it names another site beside this shop's"
NOT_TITLED = "its subject is not that of an order, and visitors of the shop's site can write to you by its forms"
NOT_SENT_ON = "its subject does not say that you have sent it on yourself: it may be an automatic answer"
NO_SECRET = "it came to the address without its secret, and this shop takes orders with it only"
WRONG_SECRET = "the secret in its address is wrong"
MOST_TRUSTED = 30  # marks by one yes
_WITHOUT = ("www.", "shop.")
_REWRITTEN = ("srs0", "srs1", "prvs=", "btv1=")  # MAIL FROMs that a forwarder makes anew for each mail


class Binding(Enum):
    """Is a genuine mail this shop's?"""

    OURS = "ours"
    ADDRESSED = "addressed"  # to us, and nobody has said yet by what the shop's mails are known
    UNKNOWN = "unknown"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail before its judge."""

    evidence: Evidence
    facts: Facts
    shop: KnownShop
    believed: Believed

    def verdict(self) -> Verdict:
        level = self._level()
        act, why = self._act(level)
        may_rise = level not in PROVED and self.evidence.unsettled and not self.facts.is_final
        if may_rise and act in (Act.MARK, Act.QUARANTINE):
            return Verdict(level, Act.WAIT, proofs=self._proofs())
        return Verdict(level, act, why, self._proofs(), self._trusts())

    # --- levels

    def _level(self) -> Level:
        found = [Level.E]
        for level, recipients in self._proved:
            is_ours = self._binding(recipients) in (Binding.OURS, Binding.ADDRESSED)
            found.append(level if is_ours else Level.D)
        if self.evidence.author in self.shop.owners and is_author_proved(self.evidence):
            # By SPF alone every customer of the owner's mail service could say so, too.
            found.append(Level.C if self.evidence.signed else Level.D)
        if self._is_server_proved or self._is_allowed or self.facts.is_of_here:
            found.append(Level.D)
        return min(found)

    @property
    def _proved(self) -> Iterator[tuple[Level, tuple[str, ...]]]:
        """Each way in which a trusted domain has said that the order is its own, and to whom that mail went.

        What hangs on its mail or is quoted in it is somebody else's: a contact form takes files, too.
        """
        if self._is_signed and self.facts.is_own:
            yield Level.A, self.evidence.signed_recipients
        if self._is_sealed and self.facts.is_own:
            yield Level.B, self.evidence.arc.recipients
        for original in self._originals:
            yield Level.B, original.recipients

    @property
    def _is_believed(self) -> bool:
        return is_within(self.evidence.domain, self.believed.domains)

    @property
    def _is_signed(self) -> bool:
        """DKIM alone: what DMARC passes by SPF alone, any customer of the same mail service may pass as well."""
        return self._is_believed and self.evidence.signed

    @property
    def _is_sealed(self) -> bool:
        """RFC 8617 7.2.1: a chain is worth what its sealer is worth."""
        arc = self.evidence.arc
        about = arc.domain or self.evidence.domain
        return (
            arc.result is Result.PASS
            and arc.dmarc is Result.PASS
            and not arc.left_open
            and is_within(arc.sealer, self.believed.sealers)
            and is_within(about, self.believed.domains)
            and self._is_believed
        )

    @property
    def _originals(self) -> Iterator[Original]:
        """Attached mails that a trusted domain has signed, where the order is theirs and not of what stands beside."""
        if not self.facts.is_original:
            return
        for original in self.evidence.originals:
            if is_believed(original, self.believed):
                yield original

    @property
    def _is_server_proved(self) -> bool:
        """SPF alone: the trusted domain's own server, or that of the mailbox which sends the owner's mails on."""
        spf = self.evidence.spf
        if spf.result is not Result.PASS or not self._is_believed:
            return False
        mailboxes = {owner.rpartition("@")[2] for owner in self.shop.owners}
        return spf.aligned or is_within(spf.domain, mailboxes)

    # --- whose it is

    def _binding(self, recipients: Iterable[str]) -> Binding:
        known, named = self._marked(Sort.HOST), self._hosts
        if known and named:
            # Before any address: whoever has a shop of his own can have its mails addressed to us.
            if named <= known:
                return Binding.OURS
            # Jimdo's mails may link to pages of its own; the owner's first yes says which.
            return Binding.ADDRESSED if named & known and self.shop.is_learning else Binding.OTHER
        recipients = {each.lower() for each in recipients}
        if not named and recipients & self._marked(Sort.RECIPIENT):
            return Binding.OURS
        is_to_us = recipients & self.shop.owners or any(self._is_our_address(each) for each in recipients)
        return Binding.ADDRESSED if is_to_us and not known else Binding.UNKNOWN

    def _marked(self, sort: Sort) -> set[str]:
        return {mark.value for mark in self.shop.marks if mark.sort is sort}

    def _is_our_address(self, address: str) -> bool:
        named = read_import_address(address)
        return named is not None and named.shop_id == self.shop.id and named.domain in self.shop.domains

    @property
    def _hosts(self) -> set[str]:
        """A site of Jimdo itself is nobody's shop."""
        return {host for site in self.facts.sites if (host := host_of(site))} - set(self.believed.domains)

    @property
    def _best_binding(self) -> Binding:
        found = {self._binding(recipients) for _, recipients in self._proved} or {self._binding(())}
        return next(each for each in Binding if each in found)

    # --- acts

    def _act(self, level: Level) -> tuple[Act, str]:
        has_secret = self._has_secret
        if self.shop.only_with_secret and not has_secret:
            return Act.QUARANTINE, WRONG_SECRET if has_secret is False else NO_SECRET
        if self.shop.policy is Policy.EVERYBODY or self._is_allowed:
            return Act.IMPORT, ""
        if level in PROVED:
            doubt = self._doubt(level, bool(has_secret))
            return (Act.MARK, doubt) if doubt else (Act.IMPORT, "")
        why = self._why(level)
        may_pass = level is Level.D and self.shop.is_learning and self._best_binding is not Binding.OTHER
        if may_pass or self.shop.policy is Policy.MARKED or has_secret:
            return Act.MARK, why
        return Act.QUARANTINE, why

    def _doubt(self, level: Level, has_secret: bool) -> str:
        """Why a mail that is proved is asked about all the same; '' for no reason."""
        if level is Level.C:
            return "" if self.facts.is_sent_on or has_secret else NOT_SENT_ON
        if not self.facts.is_titled:
            return NOT_TITLED
        # Who knows the secret was told it; an address of ours that anybody can guess is asked about once.
        return "" if has_secret or self._best_binding is Binding.OURS else NOT_KNOWN

    def _why(self, level: Level) -> str:
        if level is Level.E:
            return STRANGER if is_author_proved(self.evidence) and not self._is_believed else NOTHING
        if self._best_binding is not Binding.OTHER:
            return NOT_KNOWN
        return OTHER_SITE if self._hosts & self._marked(Sort.HOST) else OTHER_SHOP

    @property
    def _has_secret(self) -> bool | None:
        """Whether the address carries the shop's secret; None: it carries none, or the shop has none."""
        named = read_import_address(self.facts.recipient)
        if named is None or not named.secret or not self.shop.secret:
            return None
        return is_secret(named.secret, self.shop.secret)

    # --- senders

    @property
    def _is_allowed(self) -> bool:
        """A person has said that this sender may; one of Jimdo's addresses serves all its shops, so it must be ours."""
        if not self._is_believed:
            return any(_is_sender(mark, self.evidence, is_author_proved(self.evidence)) for mark in self.shop.marks)
        if not (self.facts.is_own and self.facts.is_titled and self._best_binding is Binding.OURS):
            return False
        # Jimdo's SPF lets in all customers of its mail services: only its signature is its word.
        return any(_is_sender(mark, self.evidence, self.evidence.signed) for mark in self.shop.marks)

    def _trusts(self) -> tuple[Mark, ...]:
        """What would let the next one through."""
        sender = sender_of(self.evidence, self._is_believed)
        if not (self._is_believed or any(self._originals)):
            return (sender,) if sender else ()
        whose = [Mark(Sort.HOST, host) for host in sorted(self._hosts)]
        if not whose:  # in a shop that is known by its site, no recipient may stand for it
            to = next((recipients for _, recipients in self._proved if recipients), ())
            whose = [Mark(Sort.RECIPIENT, each.lower()) for each in to]
        if not 0 < len(whose) <= MOST_TRUSTED or not (sender or any(self._originals)):
            return ()
        return (sender, *whose) if sender and self._is_believed else tuple(whose)

    def _proofs(self) -> tuple[str, ...]:
        said = tuple(proofs(self.evidence))
        if any(self._proved):
            said += (_WHOSE[self._best_binding],)
        if self.facts.is_of_here:
            said += ("it came from this very machine",)
        match self._has_secret:
            case True:
                said += ("its address carries this shop's secret",)
            case False:
                said += (WRONG_SECRET,)
        return said


_WHOSE = {
    Binding.OURS: "it is of this shop",
    Binding.ADDRESSED: "it is addressed to this shop",
    Binding.UNKNOWN: "whether it is of this shop is not known",
    Binding.OTHER: OTHER_SHOP,
}


def verdict(evidence: Evidence, facts: Facts, shop: KnownShop, believed: Believed) -> Verdict:
    """How a mail with an order is to be taken."""
    return _Case(evidence, facts, shop, believed).verdict()


def is_believed(original: Original, believed: Believed) -> bool:
    """Whether a trusted domain has signed this attached mail."""
    return original.signed and is_within(original.domain, believed.domains)


def is_author_proved(evidence: Evidence) -> bool:
    """Whether the author's own domain says that the mail is his (RFC 7489 3.1, with or without its record)."""
    if not evidence.author:
        return False
    if evidence.dmarc is Result.PASS or evidence.signed:
        return True
    return evidence.dmarc is Result.NONE and evidence.spf.aligned and evidence.spf.result is Result.PASS


def sender_of(evidence: Evidence, is_believed: bool = False) -> Mark | None:
    """By what a shop could know this sender again: his address, and through whom it came where only that is proved.

    `is_believed`: his domain serves many, and only its signature is its word.
    """
    if evidence.signed if is_believed else is_author_proved(evidence):
        return Mark(Sort.ADDRESS, evidence.author)
    spf = evidence.spf
    is_lasting = bool(spf.sender) and not spf.sender.startswith(_REWRITTEN)
    if evidence.author and spf.result is Result.PASS and is_lasting and not spf.aligned:
        return Mark(Sort.ADDRESS, evidence.author, spf.sender)
    return None


def _is_sender(mark: Mark, evidence: Evidence, is_proved: bool) -> bool:
    if mark.sort is Sort.ADDRESS and mark.value == evidence.author:
        spf = evidence.spf
        is_via = bool(mark.via) and not spf.aligned and spf.result is Result.PASS and spf.sender == mark.via
        return is_via or (is_proved and not mark.via)
    return mark.sort is Sort.DOMAIN and is_within(evidence.domain, (mark.value,)) and is_proved


def proofs(evidence: Evidence) -> Iterator[str]:
    """What was found of each proof, a sentence each."""
    spf, arc = evidence.spf, evidence.arc
    if not evidence.author:
        yield "it does not name exactly one author"
    if spf.result is Result.PASS:
        yield f"its server may send for {spf.domain} (SPF)"
    elif spf.result not in (Result.NONE, Result.NEUTRAL, Result.TEMPERROR):
        yield f"its server may not send for {spf.domain} (SPF)"
    for each in evidence.signatures:
        if each.result is Result.PASS:
            yield f"it is signed by {each.domain} (DKIM)"
        elif each.result is not Result.TEMPERROR:
            yield f"the signature of {each.domain} does not hold (DKIM)"
    if evidence.dmarc is Result.PASS:
        yield f"the author's domain {evidence.domain} answers for it (DMARC)"
    elif evidence.dmarc is Result.FAIL:
        yield f"the author's domain {evidence.domain} does not answer for it (DMARC)"
    if arc.result is Result.PASS:
        yield f"the forwarder {arc.sealer} says what it has checked (ARC)"
    for original in evidence.originals:
        if original.signed:
            yield f"the original of {original.domain} is attached, and its signature holds"
        else:
            yield f"a mail of {original.domain} is attached, and nothing proves it"
    if evidence.unsettled:
        yield "the name servers did not answer everything"


def is_within(domain: str, domains: Iterable[str]) -> bool:
    """Whether it is one of these domains, or below one."""
    name = domain.lower().rstrip(".")
    return bool(name) and any(name == each or name.endswith(f".{each}") for each in domains)


def host_of(site: str) -> str:
    """'https://www.Shop.example/x' -> 'shop.example': one shop's host, however it is written."""
    host = site.lower().partition("://")[2] or site.lower()
    host = host.partition("/")[0].partition(":")[0].rstrip(".")
    if not host.isascii():
        with suppress(UnicodeError):  # 'tee-müller.example', as links write it
            host = host.encode("idna").decode("ascii")
    for front in _WITHOUT:
        if host.startswith(front) and host.count(".") > 1:
            host = host.removeprefix(front)
    return host
