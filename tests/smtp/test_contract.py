"""What we use of aiosmtpd and asyncio behind their backs.  A failure here means: read smtp/dialogue.py anew."""

import asyncio
import inspect
from importlib.metadata import version

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from smtpd_billbee.smtp.handler import Handler
from smtpd_billbee.smtp.protocol import MX
from tests.smtp.playing import Open, calling

HOOKS = {"AUTH", "DATA", "EHLO", "EXPN", "HELO", "HELP", "MAIL", "NOOP", "PROXY", "QUIT", "RCPT", "RSET", "STARTTLS"}
HOOKS |= {"VRFY", "exception"}

# Replaced in MX, each with the parameters that aiosmtpd calls it with.
REPLACED = {
    "connection_made": ["transport"],
    "connection_lost": ["error"],
    "eof_received": [],
    "push": ["status"],
    "_handle_client": [],
    "_create_session": [],
    "_create_envelope": [],
    "_reset_timeout": ["duration"],
    "_set_rset_state": [],
}
# Looked at by connection_made when aiosmtpd's own STARTTLS calls it again; asyncio's start_tls does not.
OF_ITS_STARTTLS = {"_tls_protocol", "_tls_handshake_okay"}
# Used as they are.
USED = ("_cb_client_connected", "_call_handler_hook", "handle_exception")


def test_version() -> None:
    """The private names are those of 1.4."""
    assert version("aiosmtpd").startswith("1.4.")


def test_hooks_are_known() -> None:
    """A hook whose name aiosmtpd does not know would silently never be called."""
    ours = {name.removeprefix("handle_") for name in vars(Handler) if name.startswith("handle_")}

    assert {"RCPT", "DATA", "exception"} == ours
    assert ours <= HOOKS


@pytest.mark.parametrize("name", REPLACED)
def test_replaced(name: str) -> None:
    """What we replace is still there, and is called with what it was called with."""
    assert ["self", *REPLACED[name]] == list(inspect.signature(getattr(SMTP, name)).parameters)
    assert ["self", *REPLACED[name]] == list(inspect.signature(getattr(MX, name)).parameters)


@pytest.mark.parametrize("name", USED)
def test_used(name: str) -> None:
    """What we use is still there."""
    assert callable(getattr(SMTP, name))


def test_commands_are_methods() -> None:
    """Each command is the method of that name, but for those that are not done; aiosmtpd's own cannot be reached."""
    for verb, method in MX.COMMANDS.items():
        expected = "smtp_EXPN" if verb in (b"HELP", b"AUTH") else f"smtp_{verb.decode()}"

        assert expected == method.__name__
        assert method is vars(MX)[expected]


async def test_connection_made_asks_for_what_we_set_up(opened: Open) -> None:
    """We do not call SMTP.__init__: whatever connection_made and the hooks look at must be set by us."""
    async with calling(opened):
        session = next(iter(opened.door._sessions))
        stock = vars(SMTP(object(), loop=asyncio.get_running_loop(), hostname="x"))
        read = set(SMTP.connection_made.__code__.co_names) | set(SMTP._call_handler_hook.__code__.co_names)

        assert set(stock) & read - OF_ITS_STARTTLS <= set(vars(session))
        assert isinstance(session.session, Session)
        assert isinstance(session.envelope, Envelope)
        assert session._handler_coroutine is not None


async def test_asyncio() -> None:
    """A StreamReader keeps what it read in a bytearray; a StreamReaderProtocol knows when it is closed."""
    reader = asyncio.StreamReader(limit=10)
    protocol = asyncio.StreamReaderProtocol(reader)

    assert isinstance(reader._buffer, bytearray)
    assert None is reader._transport
    assert isinstance(protocol._closed, asyncio.Future)
    assert False is protocol._over_ssl
    assert None is protocol._transport
