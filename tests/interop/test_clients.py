"""Other clients at our door: smtp-source with a hundred sessions at once, swaks with everything in one go."""

import asyncio
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.interop.postfix import search_path
from tests.journeys.running import ADDRESS, SENDER, Server, serving, soon

MAILS = 300


async def has_filed(server: Server, many: int) -> bool:
    """In a rush what was kept is filed a moment later."""
    return many == len(await server.json("mail", "list", "--limit", str(2 * many)))


def program(name: str) -> str:
    """Where it is; the test is skipped without it."""
    found = shutil.which(name, path=search_path())
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


async def run(*command: str) -> str:
    """It must end well; what it says."""
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=90, check=False)
    said = (done.stdout + done.stderr).decode()
    assert 0 == done.returncode, said
    return said


async def test_a_hundred_sessions(tmp_path: Path) -> None:
    """smtp-source ends with an error at the first refusal; every mail that it brought is kept, each once.

    It opens the next session while the last one is just closing: there are a few more than a hundred.
    """
    source = [program("smtp-source"), "-s", "100", "-m", str(MAILS), "-l", "4000", "-f", SENDER, "-t", ADDRESS]
    async with serving(tmp_path, smtp="max_connections_per_peer = 200") as (server, _):
        await run(*source, f"inet:127.0.0.1:{server.port}")
        await soon(partial(has_filed, server, MAILS), 60)
        mails = await server.json("mail", "list", "--limit", "1000")

    assert MAILS == len(mails) == len({mail["queue_id"] for mail in mails})


async def test_swaks_in_one_go(tmp_path: Path) -> None:
    """PIPELINING (RFC 2920): all commands up to DATA in one segment, to a shop of ours and to one that is not."""
    both = f"{ADDRESS},99999-jimdo-orderimport@inbound.example"
    options = ["--pipeline", "--from", SENDER, "--to", both, "--header", "X-Sample: synthetic"]
    async with serving(tmp_path) as (server, _):
        said = await run(program("swaks"), "--server", "127.0.0.1", "--port", str(server.port), *options)
        mails = await server.json("mail", "list")

    assert "550 5.1.1 No such address here" in said
    assert "250 2.0.0 Accepted as " in said
    assert [ADDRESS] == [mail["recipient"] for mail in mails]


async def test_swaks_as_a_proxy(tmp_path: Path) -> None:
    """Both versions of the PROXY header, as another program writes them: the mail came from whom it names."""
    named = ["--proxy-family", "TCP4", "--proxy-source", "192.0.2.25", "--proxy-source-port", "4711"]
    named += ["--proxy-dest", "198.51.100.7", "--proxy-dest-port", "25"]
    options = ["--from", SENDER, "--to", ADDRESS, *named]
    async with serving(tmp_path, smtp='proxy_listen = ["127.0.0.1:0"]') as (server, _):
        found = re.search(rb"proxied=127\.0\.0\.1:(\d+)", server.log())
        assert found
        where = ["--server", "127.0.0.1", "--port", found[1].decode()]
        for version in ("1", "2"):
            family = [each.replace("TCP4", "AF_INET") if version == "2" else each for each in options]
            await run(program("swaks"), *where, "--proxy-version", version, *family, "--body", f"synthetic {version}")
        raws = [await server.raw(number) for number in (1, 2)]

    assert [True, True] == [b"([192.0.2.25])" in raw for raw in raws]
