"""serve: run the server."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import typer

from smtpd_billbee import app, log, preflight
from smtpd_billbee.cli.roles import Only, roles_of
from smtpd_billbee.malloc import give_large_blocks_back


def serve(context: typer.Context, only: Only = None) -> None:
    """Take mails, read them, relay copies, until SIGTERM."""
    roles = roles_of(only)
    log.configure()
    give_large_blocks_back()
    preflight.check(context.obj.config)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(app.serve(context.obj.config, roles))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop of uvloop where it is installed (the extra `fast`): the door takes more mails with it."""
    if find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory
