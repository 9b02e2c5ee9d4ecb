"""What verification would say of mails, made by hand; all names are reserved for examples but Jimdo's and Google's."""

from collections.abc import Mapping

from smtpd_billbee.model.evidence import Arc, Evidence, Known, Original, Result, Signature, Spf
from smtpd_billbee.model.trust import Facts, KnownShop, Mark, Sort
from smtpd_billbee.work.verifying import Loaded

SHOP = 12345
ADDRESS = "12345-jimdo-orderimport@inbound.example"
OWNER = "owner@mailbox.example"
JIMDO = "no-reply@jimdo.com"
HOST = "teeladen.example"
DOMAINS = frozenset({"inbound.example"})
LEARNING = KnownShop(SHOP, owners=frozenset({OWNER}), domains=DOMAINS)
SETTLED = KnownShop(SHOP, owners=frozenset({OWNER}), domains=DOMAINS, marks=frozenset({Mark(Sort.HOST, HOST)}))


def named(*sites: str) -> Facts:
    """What a mail says whose order stands in itself, and that names these sites."""
    return Facts(ADDRESS, frozenset(sites), is_own=True, is_titled=True, is_sent_on=True)


FACTS = named(HOST)


def dkim(domain: str = "jimdo.com", result: Result = Result.PASS, *, aligned: bool = True) -> Signature:
    """A signature with a digest of its own."""
    return Signature(result, domain, "s1", aligned, f"digest of {domain}")


def spf(domain: str, *, aligned: bool = False, result: Result = Result.PASS, sender: str = "owner") -> Spf:
    """Whose server it was, with a customer of that domain as MAIL FROM."""
    return Spf(result, domain, aligned, f"{sender}@{domain}")


def direct(*recipients: str) -> Evidence:
    """Jimdo's own mail, signed; `recipients` are those that the signature covers."""
    return Evidence(
        JIMDO, "jimdo.com", spf("jimdo.com", aligned=True), (dkim(),), Result.PASS, "reject",
        signed_recipients=recipients or (ADDRESS,),
    )  # fmt: skip


def by_gmail(dmarc: Result = Result.PASS, sealer: str = "google.com") -> Evidence:
    """Jimdo's mail, sent on by Gmail, which has changed it; ARC keeps what Gmail saw."""
    arc = Arc(Result.PASS, sealer, dmarc, "jimdo.com", (OWNER,))
    broken = (dkim(result=Result.FAIL),)
    return Evidence(JIMDO, "jimdo.com", spf("gmail.com"), broken, Result.FAIL, "reject", arc)


def by_mailbox(domain: str = "mailbox.example", sender: str = "owner") -> Evidence:
    """Jimdo's mail, sent on by a mailbox that breaks its signature."""
    return Evidence(JIMDO, "jimdo.com", spf(domain, sender=sender), (dkim(result=Result.FAIL),), Result.FAIL, "none")


def by_hand(author: str = OWNER, dmarc: Result = Result.PASS) -> Evidence:
    """A mail that somebody has sent on himself."""
    domain = author.rpartition("@")[2]
    good = dmarc is Result.PASS
    result = Result.PASS if good else Result.FAIL
    return Evidence(author, domain, spf(domain, aligned=True, result=result), (dkim(domain, result),), dmarc, "none")


def with_original(*recipients: str, result: Result = Result.PASS, author: str = "x@stranger.example") -> Evidence:
    """Jimdo's mail, attached to a stranger's."""
    original = Original(JIMDO, "jimdo.com", recipients or (OWNER,), (dkim(result=result),))
    return Evidence(author, author.rpartition("@")[2], originals=(original,))


class Played:
    """Says of each mail what the test wants, by the mail's number."""

    def __init__(self, said: Mapping[int, Evidence | Known]) -> None:
        self.said = said

    async def known_of(self, mail_id: int, loaded: Loaded | None = None) -> Known:
        """What is known of it."""
        found = self.said.get(mail_id, Evidence())
        return found if isinstance(found, Known) else Known(found)
