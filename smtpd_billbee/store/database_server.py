"""What a PostgreSQL server says of itself: its clock, and how many connections it has for whom."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_PROGRAM = "smtpd-billbee"
_LONGEST_NAME = 63  # PostgreSQL cuts the rest

# datid: no process of the server's own has one.  A name of somebody else's session may be hidden from us.
_CONNECTIONS = text(
    """
    WITH sessions AS (
        SELECT application_name AS name,
               datname = current_database() AND coalesce(application_name LIKE :ours, false) AS is_ours
        FROM pg_stat_activity WHERE datid IS NOT NULL AND pid <> pg_backend_pid()
    )
    SELECT current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0) AS most,
           (SELECT count(DISTINCT name) FROM sessions
            WHERE is_ours AND name <> current_setting('application_name')) AS nodes,
           (SELECT count(*) FROM sessions WHERE NOT is_ours) AS others
    """
)


def own_name() -> str:
    """This process as the server's lists show it: one name for all of its connections."""
    return f"{_PROGRAM} {os.getpid()}@{socket.gethostname()}"[:_LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class Connections:
    """How many an ordinary user can have at `most`; how many nodes share them, and what other programs have of them."""

    most: int
    nodes: int
    others: int


class DatabaseServer:
    """Statements about a PostgreSQL server."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def clock(self) -> datetime:
        """What its clock says just now."""
        now: datetime = (await self._connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
        return now

    async def connections(self) -> Connections:
        """As they are just now, without our own."""
        row = (await self._connection.execute(_CONNECTIONS, {"ours": f"{_PROGRAM} %"})).one()
        return Connections(row.most, row.nodes, row.others)
