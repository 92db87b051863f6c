"""Reading the CSV files of the exports as a program that gets one would."""

import csv
import io
from typing import Any


def lines(body: bytes) -> list[list[str]]:
    """All lines, the column names first; the file has its mark and ends its lines as RFC 4180 says."""
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))


def rows(response: Any) -> list[dict[str, str]]:
    """The rows of an answer by column name."""
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    names, *others = lines(response.data)
    return [dict(zip(names, one, strict=True)) for one in others]
