"""Takes every mail and throws it away: `python -m tests.bench.basin PORT`; for machines without Postfix's smtp-sink.

As little of RFC 5321 as senders need: no pipelining, each command answered 250, the final dot, too.
"""

import asyncio
import sys


async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One session."""
    writer.write(b"220 basin.example ESMTP\r\n")
    while line := await reader.readline():
        match line[:4].upper().strip():
            case b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 2.0.0 thrown away\r\n")
            case b"QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                break
            case _:
                writer.write(b"250 2.0.0 fine\r\n")
        await writer.drain()
    writer.close()


async def main(port: int) -> None:
    """Until it is ended."""
    async with await asyncio.start_server(take, "127.0.0.1", port, limit=64 * 1024 * 1024) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
