"""Who guesses at addresses.  The number in an import address is short: asking for one after the other must be dull.

Each unknown address costs a pause, and after some of them the peer's network is told to come again later, whatever it
asks for: else the answers would go on telling which shops there are.  Nobody is refused for good.  Peers on this host
or in a private network are no strangers (a relay of one's own in front of us): they wait for nothing.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import ip_address

from smtpd_billbee.smtp.limits import Limits, network

MOST = 10_000  # networks that are remembered; the one heard of longest ago is forgotten first


@dataclass(slots=True)
class _Tries:
    since: float
    number: int = 0


@dataclass(slots=True)
class Guesses:
    """The unknown addresses that each network has asked for; times are the loop's."""

    limits: Limits
    _of: OrderedDict[bytes, _Tries] = field(default_factory=OrderedDict)

    def is_over(self, ip: str, now: float) -> bool:
        """Whether this peer has asked for too many."""
        tries = self._of.get(network(ip)) if self._of else None
        if tries is None or now - tries.since > self.limits.unknown_within:
            return False
        return tries.number >= self.limits.unknown

    def pause(self, ip: str, now: float) -> float:
        """One more unknown address; how many seconds its answer has to wait."""
        if not self.limits.unknown_from_near and is_near(ip):
            return 0.0
        peer = network(ip)
        tries = self._of.pop(peer, None)
        if tries is None or now - tries.since > self.limits.unknown_within:
            tries = _Tries(now)
        tries.number += 1
        self._of[peer] = tries
        if len(self._of) > MOST:
            self._of.popitem(last=False)
        return self.limits.unknown_pause


def is_near(ip: str) -> bool:
    """On this host, or in a network that the internet does not reach."""
    try:
        address = ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_private or address.is_link_local
