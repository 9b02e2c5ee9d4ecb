"""A copy or a push on its way out: its states, and what one try brought."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobKind(StrEnum):
    """What is sent."""

    COPY = "copy"  # a mail to the account's registered address
    PUSH = "push"  # an order to a webhook or to Billbee


class JobState(StrEnum):
    """Where a job stands."""

    HELD = "held"  # waits for the reading: the shop relays only some sorts of mail
    PENDING = "pending"  # due at next_at
    SENDING = "sending"  # somebody has it for the length of a lease
    SENT = "sent"
    FAILED = "failed"  # refused for good, or given up; can be retried by hand
    DROPPED = "dropped"  # the shop's switches say that this sort of mail is not relayed


@dataclass(frozen=True, slots=True)
class Delivered:
    """The next server took it; `reply` is its answer."""

    reply: str


@dataclass(frozen=True, slots=True)
class Later:
    """It was refused for now (4xx), or nobody answered.

    `for_all`: before anything was said of this mail; whoever takes the same way out would fare the same.
    """

    reply: str
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Never:
    """It was refused for good (5xx)."""

    reply: str


Attempt = Delivered | Later | Never


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed or listed job.  `attempts` counts the tries so far; `first_at` is when it was made.

    `wrapped`: a copy that goes, or went, in a mail of ours (formats/wrapping.py).  `urgent`: before all others.
    `size`: octets of the mail of a claimed copy.
    """

    id: int
    kind: JobKind
    state: JobState
    mail_id: int | None
    order_id: int | None
    destination: str
    first_at: datetime
    next_at: datetime | None
    attempts: int
    last_reply: str | None
    wrapped: bool = False
    urgent: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a claimed job: when, what it brought, and when the next one is due (None: there is none).

    `wrapped`: it went in a mail of ours; `as_it_is` is what the mail as it came had brought just before.
    """

    job: Job
    at: datetime
    attempt: Attempt
    next_at: datetime | None
    wrapped: bool = False
    as_it_is: Never | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be made.  Without `next_at` it is held until the mail was read.

    `given_up`: why it failed before it was tried; a person may try it all the same.  `urgent`: somebody waits for it.
    """

    kind: JobKind
    destination: str
    first_at: datetime
    next_at: datetime | None
    mail_id: int | None = None
    order_id: int | None = None
    given_up: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One try as it was recorded; `outcome` is delivered, later or never."""

    at: datetime
    outcome: str
    reply: str
