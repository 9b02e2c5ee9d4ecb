"""Whether what a config names is there, before anything starts."""

from pathlib import Path

from smtpd_billbee.config import Config
from smtpd_billbee.errors import ConfigError
from smtpd_billbee.smtp.tls import Certificate


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
