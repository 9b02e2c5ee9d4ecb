"""One line of the journal."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

EDITED = "edited"  # a person wrote into an order: no later reading of its mail overwrites that


@dataclass(frozen=True, slots=True)
class Entry:
    """Who (`actor`) did what (`action`), when, to which thing; `detail` holds what changed."""

    at: datetime
    actor: str
    action: str
    account_id: int | None = None
    shop_id: int | None = None
    order_id: int | None = None
    mail_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)
