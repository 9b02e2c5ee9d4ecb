"""serve: run the server."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated

import typer

from smtpd_billbee import app, log, preflight
from smtpd_billbee.app import ALL_ROLES, Role
from smtpd_billbee.malloc import give_large_blocks_back


def _roles(text: str) -> frozenset[Role]:
    try:
        return frozenset(Role(word.strip()) for word in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r}: the roles are {', '.join(Role)}") from None


def serve(
    context: typer.Context,
    only: Annotated[
        str | None, typer.Option(help=f"Some of the roles {', '.join(Role)}; several processes can share.")
    ] = None,
) -> None:
    """Take mails, read them, relay copies, until SIGTERM."""
    roles = ALL_ROLES if only is None else _roles(only)
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
