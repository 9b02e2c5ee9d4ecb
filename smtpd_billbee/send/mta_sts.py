"""MTA-STS (RFC 8461): a domain can say that its mail servers are reached by verified TLS, or not at all."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from smtpd_billbee.send.mx import Dns, DnsAway

LONGEST = 64 * 1024  # bytes of a policy (RFC 8461 3.3)
SECONDS = 10.0  # for each step
WHOLE_SECONDS = 60.0  # 3.3: about a minute for the policy
LONGEST_AGE = 31_557_600  # RFC 8461 3.2: about a year
MOST_DOMAINS = 1_000


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain says: which names its servers have (`*.example.org`: one label), and whether TLS must hold."""

    enforced: bool = False
    servers: tuple[str, ...] = ()
    seconds: int = 0

    def allows(self, host: str) -> bool:
        """Whether a server of that name may get its mails."""
        parent = host.lower().partition(".")[2]
        return not self.enforced or host.lower() in self.servers or (bool(parent) and f"*.{parent}" in self.servers)


NO_POLICY = Policy()

Fetch = Callable[[str, str], Awaitable[str]]


def policy_of(text: str) -> Policy | None:
    """The policy in a file (3.2); None if it is none."""
    servers: list[str] = []
    said: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, value = line.strip().partition(":")
        if colon and name.strip() == "mx":
            servers.append(value.strip().lower())
        elif colon:
            said.setdefault(name.strip(), value.strip())
    seconds = said.get("max_age", "")
    if said.get("version") != "STSv1" or not seconds.isascii() or not seconds.isdigit() or len(seconds) > 10:
        return None
    mode = said.get("mode")
    if mode not in ("enforce", "testing", "none") or (mode != "none" and not servers):
        return None
    return Policy(mode == "enforce", tuple(servers), min(int(seconds), LONGEST_AGE))


@dataclass(frozen=True, slots=True)
class _Kept:
    id: str
    policy: Policy
    until: float


class Policies:
    """The policies of domains, each fetched when its id in DNS is a new one.  `clock` gives seconds."""

    def __init__(self, dns: Dns, clock: Callable[[], float], fetch: Fetch | None = None) -> None:
        self._dns = dns
        self._clock = clock
        self._fetch = fetch or fetcher()
        self._kept: dict[str, _Kept] = {}

    async def of(self, domain: str) -> Policy:
        """What holds for a domain now.  A policy once seen holds until it ends, even if DNS is silent (5.1)."""
        kept = self._kept.get(domain)
        if kept is not None and kept.until <= self._clock():
            kept = self._kept.pop(domain, None) and None
        try:
            found = _id_in(await self._dns.texts(f"_mta-sts.{domain}"))
            if not found or (kept is not None and kept.id == found):
                return kept.policy if kept else NO_POLICY
            policy = await self._fetched(domain)
        except DnsAway:
            policy = None
        if policy is None:  # 3.3: who cannot fetch it goes on as before
            return kept.policy if kept else NO_POLICY
        if len(self._kept) >= MOST_DOMAINS:
            self._kept.pop(next(iter(self._kept)))
        self._kept[domain] = _Kept(found, policy, self._clock() + policy.seconds)
        return policy

    async def _fetched(self, domain: str) -> Policy | None:
        host = f"mta-sts.{domain}"
        for address in (await self._dns.addresses(host))[:1]:
            try:
                async with asyncio.timeout(WHOLE_SECONDS):
                    return policy_of(await self._fetch(host, address))
            except (httpx.HTTPError, OSError, ValueError):
                return None
        return None


def fetcher(port: int = 443, authorities: ssl.SSLContext | None = None) -> Fetch:
    """Fetches a host's policy from that very address, by verified TLS, following nobody elsewhere (3.3)."""

    async def fetch(host: str, address: str) -> str:
        literal = f"[{address}]" if ":" in address else address
        url = f"https://{literal}:{port}/.well-known/mta-sts.txt"
        verify = authorities or ssl.create_default_context()
        async with (
            httpx.AsyncClient(verify=verify, timeout=SECONDS, trust_env=False) as client,
            client.stream("GET", url, headers={"Host": host}, extensions={"sni_hostname": host}) as answer,
        ):
            if answer.status_code != 200 or not answer.headers.get("content-type", "").startswith("text/plain"):
                raise ValueError("no policy")
            found = b""
            async for part in answer.aiter_bytes():
                found += part
                if len(found) > LONGEST:
                    raise ValueError("too long for a policy")
        return found.decode("ascii", "replace")

    return fetch


def _id_in(records: list[str]) -> str:
    """The id of the one record that there may be (3.1); '' for none."""
    ours = [record for record in records if record.startswith("v=STSv1;")]
    if len(ours) != 1:
        return ""
    for field in ours[0].split(";"):
        name, equals, value = field.partition("=")
        if equals and name.strip() == "id" and value.strip().isalnum():
            return value.strip()
    return ""
