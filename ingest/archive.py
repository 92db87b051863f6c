"""The archive in S3: every delivery that was taken, as it was sent, from which all tables can be made again."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from data.aws import unavailable_if_away
from data.errors import InvalidRequest
from data.instants import day_before
from data.models import Day
from ingest import archive_lines
from ingest.archive_lines import Line

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PROBE_KEY = "probe"


class Archive:
    """One bucket. Writing the same lines again changes nothing."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    @unavailable_if_away
    def write(self, lines: Sequence[Line]) -> None:
        """Keep these lines; Unavailable unless all of them are kept."""
        for key, packed in archive_lines.pack(lines):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=packed, ContentType="application/gzip")

    @unavailable_if_away
    def probe(self) -> None:
        """Return where an object can be written, else Unavailable."""
        self._client.put_object(Bucket=self.bucket, Key=PROBE_KEY, Body=b"")

    @unavailable_if_away
    def keys(self, day: Day) -> list[str]:
        """The keys of a day's objects, by time."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=archive_lines.day_prefix(day)
        )
        return [one["Key"] for page in pages for one in page.get("Contents", [])]

    @unavailable_if_away
    def read(self, key: str) -> list[Line | InvalidRequest]:
        """The lines of an object; in place of one that cannot be read, what is wrong with it."""
        return list(archive_lines.unpack(self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()))


def days(first: Day, last: Day) -> Iterator[Day]:
    """Each day from the first to the last."""
    while first <= last:
        yield first
        first = day_before(first, -1)
