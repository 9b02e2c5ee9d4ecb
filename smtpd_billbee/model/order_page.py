"""An order with all that is kept beside what its mail says: what its page shows and an export writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from smtpd_billbee.model.order import KeptOrder
from smtpd_billbee.model.reading import Origin


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """`articles` are the ids of the items' articles; `provenance` says where in the mail each value stood."""

    kept: KeptOrder
    account_id: int
    shop_name: str
    changed_at: datetime
    paid_on: str | None
    shipped_on: str | None
    tags: tuple[str, ...]
    comment: str | None
    provenance: Mapping[str, Origin]
    articles: tuple[int | None, ...]
