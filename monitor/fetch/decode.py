"""A body on its way in: decompressed as it comes, with caps on both sizes and on their ratio.

One layer of gzip, deflate or brotli. What is cut short, lies about its encoding, is packed twice or unpacks
out of all proportion raises BodyError with a stable code, at most one step beyond the cap.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]

STEP = 256 * 1024
"""Bytes unpacked at once."""

RATIO_FLOOR = 8 * 1024 * 1024
"""Below this size a body may be packed as tightly as it likes: a feed that repeats itself is no bomb."""

_GZIP = b"\x1f\x8b"


class BodyError(Exception):
    """A body that is not kept: `code` is too_big, bomb, truncated or encoding."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class _Codec(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def complete(self) -> bool: ...


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def complete(self) -> bool:
        return True


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._engine = zlib.decompressobj(wbits)

    def feed(self, data: bytes) -> Iterator[bytes]:
        out = b""
        while data or len(out) == STEP:
            if self._engine.eof and not self._next_member(data):
                return
            out = self._engine.decompress(data, STEP)
            yield out
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def _next_member(self, data: bytes) -> bool:
        # RFC 1952: a gzip body may have several members; other bytes after the end are padding
        if self._wbits < 31 or not data.startswith(_GZIP):
            return False
        self._engine = zlib.decompressobj(self._wbits)
        return True

    def complete(self) -> bool:
        return self._engine.eof


class _Deflate:
    """`deflate` is zlib (RFC 9110), or raw deflate from servers that got it wrong; the first bytes tell."""

    def __init__(self) -> None:
        self._head = b""
        self._codec: _Zlib | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._codec is None:
            self._head += data
            if len(self._head) < 2:
                return
            data = self._head
            wrapped = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._codec = _Zlib(15 if wrapped else -15)
        yield from self._codec.feed(data)

    def complete(self) -> bool:
        return self._codec is not None and self._codec.complete()


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._engine.is_finished():
            return
        out = self._engine.process(data, output_buffer_limit=STEP)
        while out:
            yield out
            # it may hold output back though it says that it can accept more
            out = self._engine.process(b"", output_buffer_limit=STEP)

    def complete(self) -> bool:
        return bool(self._engine.is_finished())


def _codec(content_encoding: str) -> _Codec:
    names = (part.strip().lower() for part in content_encoding.split(","))
    layers = [name for name in names if name not in {"", "identity"}]
    if len(layers) > 1:
        raise BodyError("encoding", f"{len(layers)} layers of encoding, one is read")
    match layers[0] if layers else "":
        case "":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Zlib(31)
        case "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
    raise BodyError("encoding", "an encoding that was not asked for")


class BodyReader:
    """Collects one body. Sizes are in bytes; with `cut` a body is cut at `max_body` and is not an error."""

    def __init__(
        self, content_encoding: str, *, max_body: int, max_wire: int, max_ratio: int, cut: bool = False
    ) -> None:
        self.wire = 0
        self.full = False
        self._codec = _codec(content_encoding)
        self._packed = not isinstance(self._codec, _Plain)
        self._max_body = max_body
        self._max_wire = max_wire
        self._max_ratio = max_ratio
        self._cut = cut
        self._size = 0
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Take bytes as they came over the wire; raises BodyError. With `cut`, `full` says: enough."""
        self.wire += len(data)
        if self.wire > self._max_wire and not self._cut:
            raise BodyError("too_big", f"more than {self._max_wire} bytes were sent")
        try:
            for piece in self._codec.feed(data):
                self._take(piece)
                if self.full:
                    return
        except (zlib.error, brotli.error) as error:
            raise BodyError("encoding", "the body is not packed as its header says") from error

    def _take(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._packed and self._size > max(RATIO_FLOOR, self._max_ratio * self.wire):
            raise BodyError("bomb", f"{self.wire} bytes unpack to more than {self._max_ratio} times as many")
        if self._size > self._max_body:
            if not self._cut:
                raise BodyError("too_big", f"more than {self._max_body} bytes after unpacking")
            self.full = True
            piece = piece[: len(piece) - (self._size - self._max_body)]
        self._parts.append(piece)

    def finish(self) -> bytes:
        """The whole body; raises BodyError when it stops in the middle or is packed twice."""
        if self.wire and not self.full and not self._codec.complete():
            raise BodyError("truncated", "the packed body stops in the middle")
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        if body.startswith(_GZIP):
            raise BodyError("encoding", "the body is still packed after one layer")
        return body
