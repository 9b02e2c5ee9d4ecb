"""What we use of aiosmtpd behind its back.  A failure here means: read smtp/connection.py anew."""

import asyncio
import inspect
from importlib.metadata import version

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from smtpd_billbee.smtp.connection import Connection
from smtpd_billbee.smtp.handler import Handler
from smtpd_billbee.smtp.protocol import MX
from tests.smtp.playing import Open, calling

HOOKS = {"AUTH", "DATA", "EHLO", "EXPN", "HELO", "HELP", "MAIL", "NOOP", "PROXY", "QUIT", "RCPT", "RSET", "STARTTLS"}
HOOKS |= {"VRFY", "exception"}

# Replaced in MX, each with the parameters that the loop calls it with.
REPLACED = {
    "connection_made": ["transport"],
    "data_received": ["data"],
    "eof_received": [],
    "connection_lost": ["error"],
    "pause_writing": [],
    "resume_writing": [],
}
# Used as they are.
USED = {"_call_handler_hook": ["command", "args"], "handle_exception": ["error"]}


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
    """What the loop calls is ours, all of it: aiosmtpd's own needs asyncio's streams, which we do not have."""
    given = list(inspect.signature(getattr(MX, name)).parameters)

    assert ["self", *REPLACED[name]] == given
    assert len(given) == len(inspect.signature(getattr(SMTP, name)).parameters)
    assert getattr(MX, name) is vars(Connection)[name]


def test_nothing_else_is_called() -> None:
    """What the loop may call of a protocol is in the table above."""
    of_a_protocol = {name for name in dir(asyncio.Protocol) if not name.startswith("_")}

    assert of_a_protocol == set(REPLACED)


@pytest.mark.parametrize("name", USED)
def test_used(name: str) -> None:
    """What we use is still there, and looks only at what we set up: we do not call SMTP.__init__."""
    method = getattr(SMTP, name)

    assert ["self", *USED[name]] == list(inspect.signature(method).parameters)
    assert method is getattr(MX, name)


def test_a_finished_one_is_no_error() -> None:
    """SMTP.__del__ bears that there is none of what SMTP.__init__ sets up."""
    SMTP.__new__(SMTP).__del__()


async def test_hooks_get_what_aiosmtpd_gives_them(opened: Open) -> None:
    """The server, its session and its envelope, under the names and of the classes that aiosmtpd has for them."""
    async with calling(opened):
        session = next(iter(opened.door._sessions))
        stock = vars(SMTP(object(), loop=asyncio.get_running_loop(), hostname="x"))
        read = {name for used in USED for name in getattr(SMTP, used).__code__.co_names}

        assert set(stock) & read <= set(vars(session))
        assert {"session", "envelope", "transport", "event_handler", "loop"} <= set(stock) & set(vars(session))
        assert isinstance(session.session, Session)
        assert isinstance(session.envelope, Envelope)


def test_commands_are_ours() -> None:
    """Every command is a method of ours that takes its argument; aiosmtpd's own cannot be reached."""
    for method in MX.COMMANDS.values():
        assert method is vars(MX)[method.__name__]
        assert ["self", "argument"] == [
            name.replace("hostname", "argument") for name in inspect.signature(method).parameters
        ]
