"""Whether what a config names is there, before anything starts."""

from pathlib import Path

from smtpd_billbee.auth.domains import organisation
from smtpd_billbee.config import Config
from smtpd_billbee.errors import ConfigError
from smtpd_billbee.model.trust import Believed
from smtpd_billbee.smtp.tls import Certificate
from smtpd_billbee.values import split_listen


def check(config: Config) -> None:
    """Look at what a config names without starting anything.  Raises ConfigError."""
    for name in ("tls_certificate", "tls_key"):
        file = getattr(config.smtp, name)
        if file and not Path(file).is_file():
            raise ConfigError(f"smtp.{name}: there is no file {file}")
    if config.smtp.tls_certificate:
        Certificate(Path(config.smtp.tls_certificate), Path(config.smtp.tls_key))
    if config.relay.ca_file and not Path(config.relay.ca_file).is_file():
        raise ConfigError(f"relay.ca_file: there is no file {config.relay.ca_file}")
    _check_doors(config)
    _check_trust(config)


def _check_doors(config: Config) -> None:
    """Each address has one program behind it, and the proxies' door lets somebody in."""
    smtp = config.smtp
    if smtp.proxy_listen and not smtp.proxy_peers:
        raise ConfigError("smtp.proxy_peers: nobody could come in by smtp.proxy_listen; name your proxies' addresses")
    named = [("smtp.listen", each) for each in smtp.listen] + [
        ("smtp.proxy_listen", each) for each in smtp.proxy_listen
    ]
    named.append(("web.listen", config.web.listen))
    for number, (key, address) in enumerate(named):
        for other_key, other in named[:number]:
            if other_key != key and _are_the_same(split_listen(address), split_listen(other)):
                raise ConfigError(f"{key}: {address} is taken by {other} in {other_key}; give each a port of its own")


def _are_the_same(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Port 0 is any free one."""
    if one[1] != other[1] or not one[1]:
        return False
    hosts = {"127.0.0.1" if each == "localhost" else each for each in (one[0], other[0])}
    of_one_kind = len({":" in each for each in hosts}) == 1
    return len(hosts) == 1 or (of_one_kind and not hosts.isdisjoint({"0.0.0.0", "::"}))


def _check_trust(config: Config) -> None:
    """Whoever believed 'com' would believe everybody.  Of our own no list is asked: it would stay, with 1.2 MiB."""
    for key in ("domains", "sealers"):
        for domain in getattr(config.trust, key):
            if domain not in getattr(Believed(), key) and not organisation(domain):
                said = "anybody can have a domain below it; name the one that you mean, like jimdo.com"
                raise ConfigError(f"trust.{key}: {domain} is too much: {said}")
