"""The certificate of the door, also when its file changes."""

import ssl
from pathlib import Path

import structlog

from smtpd_billbee.errors import ConfigError

log = structlog.get_logger()


class Certificate:
    """A certificate and its key in a context that takes a renewed pair for the next handshake."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate = certificate
        self._key = key
        self._seen = self._stamps()
        self.context = self._load()

    def refresh(self) -> None:
        """Take the files if they are new and good; a renewal that is half done must not end TLS."""
        stamps = self._stamps()
        if stamps == self._seen:
            return
        self._seen = stamps
        try:
            self._load()
            # A live context takes a new pair; sessions that are under way keep theirs.
            self.context.load_cert_chain(self._certificate, self._key, password=_no_password)
        except (ConfigError, OSError) as error:  # ssl.SSLError is one of these; the files can go between both looks
            log.warning("certificate kept", why=str(error))
            return
        log.info("certificate renewed")

    def _stamps(self) -> tuple[int, ...]:
        return tuple(map(_stamp, (self._certificate, self._key)))

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Exchange Online gives up when a ticket comes behind its TLS 1.3 handshake (golang/go 70232, chasquid 64).
        context.num_tickets = 0
        try:
            context.load_cert_chain(self._certificate, self._key, password=_no_password)
        except ssl.SSLError as error:
            raise ConfigError(self._complaint(error)) from error
        except OSError as error:
            unread = error.filename or f"{self._certificate} or {self._key}"
            raise ConfigError(f"smtp.tls_certificate, smtp.tls_key: cannot read {unread}: {error.strerror}") from error
        return context

    def _complaint(self, error: ssl.SSLError) -> str:
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"smtp.tls_key: {self._key} is not the key of the certificate in {self._certificate}"
        both = f"{self._certificate} and {self._key}"
        why = f": {error.reason}" if error.reason else ""
        return f"smtp.tls_certificate, smtp.tls_key: no PEM certificate with its open key in {both}{why}"


def _stamp(path: Path) -> int:
    """When the file was written; 0 where that cannot be seen now."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _no_password() -> str:
    """A server that starts by itself cannot be asked for one: a locked key is an error, not a prompt."""
    return ""
