"""One kept answer as a WARC file (ISO 28500), which archives and their tools read.

The body is stored as it was read, with transfer and content coding taken off; the headers that named a coding or a
length stand under `X-Archive-Orig-…`, as other archives do it. The payload digest is SHA-256.
"""

from __future__ import annotations

import io
from http import HTTPStatus

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.types.raw import RawBody

_CODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def warc_bytes(raw: RawBody, *, software: str) -> bytes:
    """A gzipped WARC/1.1 file of one `warcinfo` and one `response`. The same answer gives the same record of it."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="WARC/1.1")
    about = {
        "software": software,
        "format": "WARC File Format 1.1",
        "description": "an answer kept as evidence; content coding was taken off",
    }
    writer.write_record(writer.create_warcinfo_record("evidence.warc.gz", about))
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _CODED else name, _one_line(value))
        for name, value in raw.headers
    ]
    headers.append(("Content-Length", str(raw.size)))
    record = writer.create_warc_record(
        raw.url,
        "response",
        payload=io.BytesIO(raw.body),
        http_headers=StatusAndHeaders(_status(raw.status), headers, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Date": f"{raw.observed_at:%Y-%m-%dT%H:%M:%SZ}",
            "WARC-Payload-Digest": f"sha256:{raw.sha256}",
        },
    )
    writer.write_record(record)
    return buffer.getvalue()


def _status(status: int | None) -> str:
    if status is None:
        return "200 OK"
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _one_line(value: str) -> str:
    return value.encode("ascii", "backslashreplace").decode().replace("\r", " ").replace("\n", " ")
