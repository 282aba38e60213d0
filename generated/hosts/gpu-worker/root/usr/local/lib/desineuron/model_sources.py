"""Reads pieces of a model's files from where the canonical copy is: an S3 prefix, an HTTP server or a
directory.

It exists so that the download knows one question only, "the bytes of this file from here to there", and
two kinds of failure: one that may pass (Interrupted) and one that will not (Missing).
"""

from __future__ import annotations

import os
import re
import time
from typing import Any, Callable, Mapping, NoReturn, Tuple
from urllib.parse import quote

from hostkit import web
from model_manifest import Entry, Source

Read = Callable[[Entry, int, int], bytes]
"""The bytes [start, end) of a file, never fewer."""

ERROR_PAGE_BYTES = 1 << 20  # what comes with a status may be longer than a small piece
TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
S3_GONE = {"NoSuchKey", "NoSuchBucket", "404"}
S3_DENIED = {"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}


class SourceError(Exception):
    """A piece could not be had."""


class Missing(SourceError):
    """Asking again will not help: the file is not there, is another one, or may not be read."""


class Interrupted(SourceError):
    """Asking again may help."""


def reader(source: Source, timeout: float, connections: int) -> Read:
    """The way to read a source.

    Args:
        source: where the model is.
        timeout: seconds for one piece.
        connections: how many pieces are read at once.

    Raises:
        Missing: the source cannot be used at all.
    """
    if source.kind == "directory":
        return _directory(source.location)
    if source.kind == "https":
        return _https(source.location, timeout)
    return _s3(source, timeout, connections)


def _directory(location: str) -> Read:
    if not os.path.isdir(location):
        raise Missing(f"the source {location} is not a directory; is its file system mounted?")

    def read(entry: Entry, start: int, end: int) -> bytes:
        path = os.path.join(location, entry.path)
        try:
            with open(path, "rb") as stream:
                _same_size(path, os.fstat(stream.fileno()).st_size, entry)
                stream.seek(start)
                return _whole(path, stream.read(end - start), end - start)
        except FileNotFoundError:
            raise Missing(f"{path} is not there") from None
        except OSError as fault:
            raise Interrupted(f"{path}: {fault.strerror or fault}") from fault

    return read


def _https(location: str, timeout: float) -> Read:
    if not re.match("https?://", location):
        raise Missing(f"the source {location!r} is no address that begins with https://")

    def read(entry: Entry, start: int, end: int) -> bytes:
        url = f"{location.rstrip('/')}/{quote(entry.path)}"
        wanted = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
        try:
            reply = web.fetch(url, headers=wanted, timeout=timeout, limit=end - start + ERROR_PAGE_BYTES)
        except web.WebError as fault:
            raise Interrupted(f"{url}: {fault}") from fault
        if reply.status == 206:
            _same_range(url, reply.headers, start, entry)
        elif not (reply.status == 200 and start == 0 and end == entry.size):
            _refuse_status(url, reply.status, entry)
        return _whole(url, reply.body, end - start)

    return read


def _refuse_status(url: str, status: int, entry: Entry) -> NoReturn:
    if status in TRY_AGAIN:
        raise Interrupted(f"{url} answers {status}")
    if status == 200:
        raise Missing(
            f"{url}: the server sends whole files and no ranges, so nothing can go on; use another source"
        )
    if 300 <= status < 400:
        raise Missing(f"{url} answers {status}: give the location that it leads to as the source")
    if status == 416:
        raise Missing(f"{url} is shorter than the {entry.size} bytes of the manifest")
    raise Missing(f"{url} answers {status}")


def _same_range(where: str, headers: Mapping[str, str], start: int, entry: Entry) -> None:
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", headers.get("content-range", ""))
    if not found or int(found[1]) != start:
        raise Missing(f"{where}: the server answers with another range than asked for; use another source")
    _same_size(where, int(found[2]), entry)


def _same_size(where: str, size: int, entry: Entry) -> None:
    if size != entry.size:
        raise Missing(
            f"{where} has {size} bytes and the manifest says {entry.size}: "
            "the source holds another version of the model, or the manifest is of another"
        )


def _whole(where: str, got: bytes, wanted: int) -> bytes:
    if len(got) != wanted:
        raise Interrupted(f"{where}: {len(got)} bytes came instead of {wanted}")
    return got


def _s3(source: Source, timeout: float, connections: int) -> Read:
    bucket, prefix = _s3_place(source.location)
    client, faults = _s3_client(source, timeout, connections)

    def read(entry: Entry, start: int, end: int) -> bytes:
        where = f"s3://{bucket}/{prefix}{entry.path}"
        deadline = time.monotonic() + timeout
        try:
            answer = client.get_object(
                Bucket=bucket, Key=f"{prefix}{entry.path}", Range=f"bytes={start}-{end - 1}"
            )
            _same_range(where, {"content-range": answer.get("ContentRange", "")}, start, entry)
            return _whole(where, _s3_body(answer["Body"], deadline, where), end - start)
        except faults.ClientError as fault:
            _refuse_code(where, str(fault.response["Error"]["Code"]), entry)
        except (faults.NoCredentialsError, faults.PartialCredentialsError):
            raise Missing(
                f"{where}: this host has no AWS credentials; does its instance role apply?"
            ) from None
        except (faults.BotoCoreError, faults.HTTPClientError, OSError) as fault:
            raise Interrupted(f"{where}: {fault}") from fault

    return read


def _s3_place(location: str) -> Tuple[str, str]:
    found = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]+)(?:/(.*?))?/*", location)
    if not found:
        raise Missing(f"the source {location!r} is not of the form s3://bucket/prefix")
    return found[1], f"{found[2]}/" if found[2] else ""


def _s3_client(source: Source, timeout: float, connections: int) -> Tuple[Any, Any]:
    """A client and the module of its exceptions; boto3 is the environment's own, and only S3 needs it."""
    try:
        import boto3
        from botocore import config, exceptions
    except ImportError:
        raise Missing(
            "this Python has no boto3, which an S3 source needs: "
            "run this with the Python of the environment that the installer builds for it"
        ) from None
    settings = config.Config(
        connect_timeout=timeout,
        read_timeout=timeout,
        max_pool_connections=connections,
        retries={"total_max_attempts": 1},  # the download counts its own
    )
    try:
        return boto3.client("s3", region_name=source.region, config=settings), exceptions
    except (exceptions.BotoCoreError, ValueError) as fault:
        raise Missing(f"no client for {source.location}: {fault}") from fault


def _s3_body(body: Any, deadline: float, where: str) -> bytes:
    held = []
    for block in body.iter_chunks(1 << 20):
        held.append(block)
        if time.monotonic() > deadline:
            raise Interrupted(f"{where}: the piece did not come in time")
    return b"".join(held)


def _refuse_code(where: str, code: str, entry: Entry) -> NoReturn:
    if code in S3_GONE:
        raise Missing(f"{where} is not there")
    if code in S3_DENIED:
        raise Missing(
            f"{where}: AWS refuses with {code}; the host's role needs s3:GetObject on the model prefix"
        )
    if code == "InvalidRange":
        raise Missing(f"{where} is shorter than the {entry.size} bytes of the manifest")
    raise Interrupted(f"{where}: AWS answers {code}")
