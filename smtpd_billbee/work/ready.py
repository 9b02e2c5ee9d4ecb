"""What an order file holds, ready to be imported."""

from dataclasses import dataclass

from smtpd_billbee.formats.order_files import Complaint
from smtpd_billbee.formats.own_orders import Beside
from smtpd_billbee.model.order import Order


@dataclass(frozen=True, slots=True)
class ReadyOrder:
    """An order that can be imported; `problems` are doubts that somebody should look at.

    `beside`: what was kept beside it when we exported it.
    """

    line: int
    order: Order
    shipped_at: str | None
    problems: tuple[str, ...]
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file holds: orders, complaints by line, and how many orders could not be read.

    `remarks` are about nothing that has failed: columns that were not used.
    """

    format: str
    orders: tuple[ReadyOrder, ...]
    complaints: tuple[Complaint, ...]
    failed: int = 0
    remarks: tuple[str, ...] = ()
