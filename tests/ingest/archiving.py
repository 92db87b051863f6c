"""An archive of a test's own on the emulator, and what is in it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from data import aws as clients
from data.errors import InvalidRequest
from data.tables import create_bucket
from ingest.archive import Archive
from ingest.archive_lines import Line
from tests.conftest import REGION, Aws


@contextmanager
def archive_of(aws: Aws) -> Iterator[Archive]:
    """A bucket that is gone afterwards."""
    client = clients.s3(aws.endpoint, REGION)
    archive = Archive(client, f"archive-{uuid.uuid4().hex[:12]}")
    create_bucket(client, archive.bucket, REGION)
    yield archive
    for one in client.list_objects_v2(Bucket=archive.bucket).get("Contents", []):
        client.delete_object(Bucket=archive.bucket, Key=one["Key"])
    client.delete_bucket(Bucket=archive.bucket)
    client.close()


def put(archive: Archive, key: str, body: bytes) -> None:
    """An object as somebody else might leave it."""
    archive._client.put_object(Bucket=archive.bucket, Key=key, Body=body)


def lines(archive: Archive) -> list[Line]:
    """Every line in it."""
    found: list[Line] = []
    for one in archive._client.list_objects_v2(Bucket=archive.bucket, Prefix="events/").get("Contents", []):
        for line in archive.read(one["Key"]):
            assert not isinstance(line, InvalidRequest), line
            found.append(line)
    return found
