"""One mail to the mail server of its recipient's domain, without a smarthost: Delivered, Later or Never.

TLS is used where it is offered.  A certificate is worth nothing there unless the domain says so by MTA-STS, so a broken
TLS is better left away than the mail not delivered (RFC 7435); where the domain does say so, it is the other way round.
"""

import asyncio
import ssl
from dataclasses import dataclass, replace

from smtpd_billbee.model.job import Attempt, Delivered, Later, Never
from smtpd_billbee.send.mta_sts import NO_POLICY, Policies, Policy
from smtpd_billbee.send.mx import Dns, Host, Nowhere, Unanswered
from smtpd_billbee.send.smtp import BAD_CONNECTION, NO_DIRECTORY, Smarthost, SmarthostSettings, one_line

CALLED = "the recipient's mail server"


@dataclass(frozen=True, slots=True)
class DirectSettings:
    """Our name in EHLO; `whole_timeout`: for all servers of a domain together."""

    hostname: str
    port: int = 25
    whole_timeout: float = 1800.0
    connect_timeout: float = 30.0
    command_timeout: float = 300.0
    final_timeout: float = 600.0


class Direct:
    """The way out without a smarthost.  `authorities` verifies certificates where a domain asks for that."""

    def __init__(self, settings: DirectSettings, dns: Dns, policies: Policies, authorities: ssl.SSLContext) -> None:
        self._settings = settings
        self._dns = dns
        self._policies = policies
        self._verifying = authorities
        self._trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._trusting.check_hostname = False
        self._trusting.verify_mode = ssl.CERT_NONE

    async def deliver(self, sender: str, recipient: str, raw: bytes) -> Attempt:
        """Hand over one mail; `sender` is '' for the null sender.  Being cancelled is the only exception."""
        domain = recipient.rpartition("@")[2].lower()
        if domain.startswith("["):
            return Never("mails go to domains only, not to addresses of machines")
        try:
            async with asyncio.timeout(self._settings.whole_timeout + len(raw) / 8192):
                return await self._deliver(domain, sender, recipient, raw)
        except TimeoutError:
            return Later(f"{BAD_CONNECTION} {CALLED} took too long")

    async def _deliver(self, domain: str, sender: str, recipient: str, raw: bytes) -> Attempt:
        hosts = await self._dns.hosts(domain, self._settings.hostname)
        if isinstance(hosts, Nowhere):
            return Never(hosts.why)
        if isinstance(hosts, Unanswered):
            return Later(f"{NO_DIRECTORY} {hosts.why}")
        policy = await self._policies.of(domain)
        last: Attempt = Later("none of the mail servers is one that the domain's MTA-STS policy names")
        for host in hosts:
            if not policy.allows(host.name):
                continue
            for address in host.addresses:
                last = await self._at(host, address, policy, sender, recipient, raw)
                # RFC 5321 5.1: the next server is for those that cannot be reached, and that refuse for now.
                if isinstance(last, (Delivered, Never)):
                    return last
        return last

    async def _at(
        self, host: Host, address: str, policy: Policy, sender: str, recipient: str, raw: bytes
    ) -> Attempt:  # fmt: skip
        server, context = self._server(host, address), self._verifying if policy.enforced else self._trusting
        secured = replace(server, tls="starttls") if policy.enforced else replace(server, tls="opportunistic")
        attempt, is_tls_broken = await Smarthost(secured, context).try_once(sender, recipient, raw)
        if is_tls_broken and not policy.enforced:
            attempt, _ = await Smarthost(server).try_once(sender, recipient, raw)
        if isinstance(attempt, Later):  # for all that go to this domain, not for all that go out
            return Later(one_line(f"{host.name}: {attempt.reply}"))
        return attempt

    def _server(self, host: Host, address: str) -> SmarthostSettings:
        s = self._settings
        return SmarthostSettings(
            host=address, port=s.port, hostname=s.hostname, server_name=host.name, called=CALLED,
            connect_timeout=s.connect_timeout, command_timeout=s.command_timeout, final_timeout=s.final_timeout,
        )  # fmt: skip


__all__ = ["CALLED", "NO_POLICY", "Direct", "DirectSettings"]
