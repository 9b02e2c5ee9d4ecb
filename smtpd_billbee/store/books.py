"""What is asked and written when arrivals are kept: the few statements between a mail's last octet and its 250."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from smtpd_billbee.model.job import NewJob
from smtpd_billbee.model.mail import Arrival, NewMail
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.store.arrivals import Arrivals
from smtpd_billbee.store.jobs import Jobs
from smtpd_billbee.store.mails import Mails
from smtpd_billbee.store.packing import Packed
from smtpd_billbee.store.shops import Shops

Fresh = Sequence[tuple[int, NewMail]]  # (index of its arrival, row)


class Books(Protocol):
    """In one transaction."""

    async def shops(self, shop_ids: Collection[int]) -> dict[int, Shop]:
        """These shops by their numbers; those that do not exist are left out."""

    async def known(self, wanted: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        """Which of these (shop, checksum) are kept already."""

    async def keep(self, arrivals: Sequence[Arrival], new: Fresh, packed: Mapping[str, Packed]) -> list[int]:
        """Keep the bytes of `arrivals` and the rows `new`; the rows' ids in order.  `packed`: some, by queue id."""

    async def add_jobs(self, new: Sequence[NewJob]) -> None:
        """Make these jobs."""

    async def put_aside(self, octets: Sequence[bytes]) -> None:
        """Keep arrivals as they are, to be filed later."""

    async def aside(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The oldest of them with a higher number; nobody else gets them before this transaction ends."""

    async def next_aside(self, after: int) -> int:
        """The number of the next of them, without looking into it; `after` if there is none."""

    async def filed(self, ids: Collection[int]) -> None:
        """These are mails now."""

    async def has_of_operator(self, queue_id: str, received_at: datetime) -> bool:
        """Whether this arrival is kept for the operator: such a mail has no shop, and its bytes may come twice."""


@dataclass(frozen=True, slots=True)
class CommonBooks:
    """By the statements that everybody uses."""

    _shops: Shops
    _mails: Mails
    _jobs: Jobs
    _arrivals: Arrivals

    async def shops(self, shop_ids: Collection[int]) -> dict[int, Shop]:
        return await self._shops.some(shop_ids)

    async def known(self, wanted: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        return await self._mails.known(wanted)

    async def keep(self, arrivals: Sequence[Arrival], new: Fresh, packed: Mapping[str, Packed]) -> list[int]:
        return await self._mails.keep(arrivals, new, packed)

    async def add_jobs(self, new: Sequence[NewJob]) -> None:
        await self._jobs.add(new)

    async def put_aside(self, octets: Sequence[bytes]) -> None:
        await self._arrivals.add(octets)

    async def aside(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        return await self._arrivals.next(after, limit)

    async def next_aside(self, after: int) -> int:
        return await self._arrivals.next_number(after)

    async def filed(self, ids: Collection[int]) -> None:
        await self._arrivals.remove(ids)

    async def has_of_operator(self, queue_id: str, received_at: datetime) -> bool:
        return await self._mails.has_of_operator(queue_id, received_at)
