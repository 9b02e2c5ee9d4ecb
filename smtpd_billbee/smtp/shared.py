"""What all sessions of a door have in common, made once."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smtpd_billbee.model.mail import Recipient
from smtpd_billbee.smtp.disk import Disk
from smtpd_billbee.smtp.limits import Limits, Room
from smtpd_billbee.smtp.replies import Reply


@dataclass(frozen=True, slots=True)
class Shared:
    """Everything that would otherwise be made anew for each connection."""

    loop: asyncio.AbstractEventLoop
    handler: object
    hooks: dict[str, Callable[..., Any]]
    known: Callable[[str, str, float], Recipient | None]  # peer, address, the loop's time: whom it surely reaches
    hostname: str
    max_size: int
    limits: Limits
    room: Room
    disk: Disk
    tls: ssl.SSLContext | None
    hello: Reply
    hello_tls: Reply
    hello_old: Reply  # to HELO
    welcome: Reply
