"""What can be proved of a mail's origin, whatever anybody believes of it.  Trust is decided from it elsewhere."""

from dataclasses import dataclass
from enum import StrEnum


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

    `aligned`: relaxed alignment with the author's domain (RFC 7489 3.1.2).
    """

    result: Result = Result.NONE
    domain: str = ""
    aligned: bool = False


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
    """The chain, its newest sealer (lower case), and what the oldest set says the author's domain proved."""

    result: Result = Result.NONE
    sealer: str = ""
    dmarc: Result = Result.NONE  # of the newest set's ARC-Authentication-Results, worth what the sealer is worth
    domain: str = ""  # the author's domain which that result is about; '' if it does not say


@dataclass(frozen=True, slots=True)
class Original:
    """A mail that is attached as message/rfc822 or .eml: its author, and whether an aligned signature verifies."""

    author: str
    domain: str
    recipients: tuple[str, ...]  # To and Cc, as the signature covers them; () if it does not
    signatures: tuple[Signature, ...] = ()


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
