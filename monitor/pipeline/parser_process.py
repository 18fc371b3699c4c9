"""The parser's own process: `python -m monitor.pipeline.parser_process FD module:function`, started by `workers`.

It reads tasks from its socket and writes answers, one after the other, under limits of memory; time is the parent's
to keep. It ends when the parent is gone.
"""

from __future__ import annotations

import gc
import importlib
import pickle
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress

from monitor.pipeline.reading import ReadFailed, ReadTask
from monitor.types.entries import ReadFeed

Answer = ReadFeed | ReadFailed
Reader = Callable[[ReadTask], Answer]
LENGTH = struct.Struct("!I")
#: Bytes of data that one worker may hold (reliability.md B4).
READ_MEMORY = 512 * 2**20


def serve(reader: Reader, parent: socket.socket) -> None:
    """Read bodies until the parent is gone. The first byte says that the process is ready."""
    with suppress(ConnectionError), parent, parent.makefile("rb", buffering=1 << 20) as stream:
        parent.sendall(b"\x01")
        while head := stream.read(LENGTH.size):
            packed = stream.read(LENGTH.unpack(head)[0])
            answer = _answer(reader, packed)
            del packed
            parent.sendall(LENGTH.pack(len(answer)) + answer)


def _answer(reader: Reader, packed: bytes) -> bytes:
    try:
        return pickle.dumps(reader(pickle.loads(packed)), protocol=5)  # noqa: S301 -- our parent's
    except MemoryError:
        failure = ReadFailed(code="parse_memory", detail="reading took more memory than allowed")
    except Exception as error:
        # a fault of ours that a body brings to light: it must not stop the other feeds, and is shown with this one
        failure = ReadFailed(code="parse_fault", detail=f"{type(error).__name__}: {error}"[:300])
    return pickle.dumps(failure, protocol=5)


def main(descriptor: str, name: str) -> None:
    """Set the limits, find the reader, serve."""
    # the terminal's Ctrl-C is the parent's to decide
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (READ_MEMORY, READ_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, _, function = name.partition(":")
    reader: Reader = getattr(importlib.import_module(module), function)
    # what was imported stays: it need not be looked at by the collector again
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    serve(reader, socket.socket(fileno=int(descriptor)))


if __name__ == "__main__":
    main(*sys.argv[1:])
