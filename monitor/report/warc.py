"""One kept answer as a WARC file (ISO 28500), which archives and their tools read.

The body is stored as it was read, with transfer and content coding taken off; the headers that named a coding or a
length stand under `X-Archive-Orig-…`, as other archives do it. The payload digest is SHA-256.
"""

from __future__ import annotations

import datetime as dt
import io
import uuid
from http import HTTPStatus
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.types.raw import RawBody

_CODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def warc_bytes(raw: RawBody, *, software: str) -> bytes:
    """A gzipped WARC/1.1 file of one `warcinfo` and one `response`. The same answer gives the same bytes."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="WARC/1.1")
    about = {
        "software": software,
        "format": "WARC File Format 1.1",
        "description": "an answer kept as evidence; content coding was taken off",
    }
    info = writer.create_warcinfo_record("evidence.warc.gz", about)
    _name(info, raw, "warcinfo")
    writer.write_record(info)
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _CODED else name, _one_line(value))
        for name, value in raw.headers
    ]
    headers.append(("Content-Length", str(raw.size)))
    record = writer.create_warc_record(
        raw.url,
        "response",
        payload=io.BytesIO(raw.body),
        length=raw.size,
        http_headers=StatusAndHeaders(_status(raw.status), headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Payload-Digest": f"sha256:{raw.sha256}"},
    )
    _name(record, raw, "response")
    writer.write_record(record)
    return buffer.getvalue()


def _name(record: Any, raw: RawBody, kind: str) -> None:
    """Date and id of a record from the answer, not from the clock and chance."""
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {raw.url} {raw.observed_at.isoformat()} {raw.sha256}")
    record.rec_headers.replace_header("WARC-Date", f"{raw.observed_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}")
    record.rec_headers.replace_header("WARC-Record-ID", f"<urn:uuid:{identity}>")


def _status(status: int | None) -> str:
    if status is None:
        return "200 OK"
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _one_line(value: str) -> str:
    return value.encode("ascii", "backslashreplace").decode().replace("\r", " ").replace("\n", " ")
