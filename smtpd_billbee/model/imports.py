"""Import runs: one file, taken in by one transaction."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run as it is written down; `counts` are numbers of orders, `complaints` have 'line' and 'text'."""

    shop_id: int
    at: datetime
    actor: str
    file_name: str
    checksum: str
    format: str
    source: str | None
    vat_mode: int
    counts: dict[str, int]
    complaints: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class ImportRun:
    """A run that was kept, and whether it was undone."""

    id: int
    new: NewRun
    undone_at: datetime | None
