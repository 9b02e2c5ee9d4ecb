"""A DNS server on 127.0.0.1 that plays a zone: name -> kind -> records or SERVFAIL, or SERVFAIL, or DROP (silence).

with serving(zone) as server:
    server.port, server.asked
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SERVFAIL, DROP = "SERVFAIL", "DROP"

Zone = Mapping[str, Mapping[str, Sequence[str] | str] | str]


@dataclass
class Server(asyncio.DatagramProtocol):
    """Answers what it has; what it has not does not exist."""

    zone: Zone
    port: int = 0
    asked: list[str] = field(default_factory=list)
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(f"{name} {dns.rdatatype.to_text(question.rdtype)}")
        kinds = self.zone.get(name)
        if kinds == DROP:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if kinds is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif isinstance(kinds, str) or (records := kinds.get(dns.rdatatype.to_text(question.rdtype))) == SERVFAIL:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif records:
            answer.answer.append(dns.rrset.from_text(question.name, 300, "IN", question.rdtype, *records))
        assert self.transport is not None
        self.transport.sendto(answer.to_wire(), addr)


@contextmanager
def serving(zone: Zone) -> Iterator[Server]:
    """The server, in a thread of its own: those who ask may block."""
    server, up, loops = Server(zone), threading.Event(), []
    stopping = asyncio.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(server, up, loops, stopping)))
    thread.start()
    up.wait()
    try:
        yield server
    finally:
        loops[0].call_soon_threadsafe(stopping.set)
        thread.join()


async def _serve(
    server: Server, up: threading.Event, loops: list[asyncio.AbstractEventLoop], stopping: asyncio.Event
) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: server, ("127.0.0.1", 0))
    server.port = transport.get_extra_info("sockname")[1]
    loops.append(loop)
    up.set()
    await stopping.wait()
    transport.close()
