"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a fault did: acknowledged mails, those of them that are not there, and orders that nobody sent.

    `tried`: how often the fault came; `remark`: what else there was to be seen.
    """

    fault: str
    tried: int
    acknowledged: int
    lost: int
    invented: int
    remark: str = ""
