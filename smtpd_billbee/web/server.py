"""The window's server: uvicorn on a socket of ours, in the loop of everything else."""

import socket
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette

GRACE_SECONDS = 5
LARGEST_HEAD = 64 * 1024  # bytes of a request's headers


class WindowServer:
    """Serves an application until it is stopped."""

    def __init__(self, app: Starlette, trusted_proxies: Sequence[str]) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",  # a task of uvicorn's own, which a cancelled server leaves behind
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=LARGEST_HEAD,
            ws="none",
        )
        self._app = app
        self._server = _Quiet(config)

    async def run(self, sockets: list[socket.socket]) -> None:
        """Serve on these sockets until `stop`."""
        async with self._app.router.lifespan_context(self._app):
            await self._server.serve(sockets)

    def stop(self) -> None:
        """Let requests end, then return from `run`."""
        self._server.should_exit = True


class _Quiet(uvicorn.Server):
    """Signals are the program's, not the window's."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)
