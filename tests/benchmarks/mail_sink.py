"""A mail server that takes everything and keeps nothing, in a process of its own."""

import asyncio
import sys

from tests.benchmarks.stage import LOOPBACK

_LONGEST_LINE = 1 << 20
_ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, from the greeting to the end."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        writer.write(_ANSWERS.get(verb, b"250 fine\r\n"))
        if verb == b"DATA":
            await writer.drain()
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 taken\r\n")
        await writer.drain()
        if verb == b"QUIT":
            break
    writer.close()


async def serve(port: int) -> None:
    server = await asyncio.start_server(converse, LOOPBACK, port, limit=_LONGEST_LINE)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
