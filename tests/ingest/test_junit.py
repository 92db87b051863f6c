"""JUnit files of many tools: counted by case, bounded in every direction, and never more than they say."""

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidRequest
from ingest import junit
from ingest.junit import MAX_DEPTH, MAX_FAILED, MAX_TEXT, Report, parse

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "payloads" / "junit"
REAL = ROOT.parent / "shared" / "payloads"


def counts(report: Report) -> dict[str, int]:
    return {name: getattr(report, name) for name in ("total", "passed", "failed", "skipped")}


def own(name: str) -> Report:
    return parse((OWN / name).read_bytes())


def refusal(raw: bytes) -> str:
    with pytest.raises(InvalidRequest) as refused:
        parse(raw)
    return str(refused.value)


def suite(*cases: str, **attributes: str) -> bytes:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<testsuite{said}>{''.join(cases)}</testsuite>".encode()


def test_cases_are_counted_and_headers_are_not_believed() -> None:
    assert counts(own("surefire.xml")) == {"total": 5, "passed": 2, "failed": 2, "skipped": 1}


def test_nested_suites_are_counted_once_and_disabled_is_skipped() -> None:
    assert counts(own("nested.xml")) == {"total": 5, "passed": 2, "failed": 1, "skipped": 2}


def test_what_passed_on_a_rerun_has_passed_and_what_failed_again_has_failed() -> None:
    assert [one.name for one in own("surefire.xml").failures] == ["removesAnArticle", "survivesARestart"]


def test_a_failure_is_known_by_its_message_its_kind_and_its_text() -> None:
    removed, survived = own("surefire.xml").failures
    assert removed.classname == "com.acme.cart.CartTest"
    assert removed.message == "expected: <0> but was: <1>"
    assert removed.text.endswith("CartTest.java:41)")
    assert (removed.duration_sec, survived.duration_sec) == (0.5, None)
    assert (survived.kind, survived.message, survived.text) == ("java.lang.IllegalStateException", "", "")


def test_a_case_that_failed_twice_is_one_failed_case_known_by_its_first_failure() -> None:
    (closes,) = own("nested.xml").failures
    assert closes.message.startswith("door.cc:7")


def test_output_of_a_case_is_no_part_of_its_failure() -> None:
    (one,) = parse(suite("<testcase><failure>why</failure><system-out>chatter</system-out></testcase>")).failures
    assert one.text == "why"


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("<testcase/>", "passed"),
        ("<testcase><system-err>x</system-err></testcase>", "passed"),
        ("<testcase><failure/></testcase>", "failed"),
        ("<testcase><error/></testcase>", "failed"),
        ("<testcase><skipped/><failure/></testcase>", "failed"),
        ("<testcase><skipped/></testcase>", "skipped"),
        ('<testcase status="disabled"/>', "skipped"),
        ('<testcase status="Failed"/>', "failed"),
        ("<testcase><rerunError/></testcase>", "passed"),
        ("<testcase><properties><failure/></properties></testcase>", "passed"),
        ("<j:testcase xmlns:j='urn:j'><j:failure/></j:testcase>", "failed"),
    ],
)
def test_a_case_has_one_outcome(case: str, expected: str) -> None:
    nothing = {"total": 1, "passed": 0, "failed": 0, "skipped": 0}
    assert counts(parse(suite(case))) == nothing | {expected: 1}


def test_a_report_without_tests_counts_none() -> None:
    assert parse(b"<testsuites/>") == Report()


def test_a_case_outside_a_suite_is_not_one() -> None:
    assert parse(suite("<properties><testcase/></properties>")).total == 0


def test_the_first_failed_tests_are_kept_and_all_are_counted() -> None:
    report = parse(suite(*(f'<testcase name="t{n}"><failure/></testcase>' for n in range(MAX_FAILED + 12))))
    assert (report.failed, len(report.failures)) == (MAX_FAILED + 12, MAX_FAILED)
    assert report.failures[-1].name == f"t{MAX_FAILED - 1}"


def test_of_a_long_text_only_a_beginning_is_kept() -> None:
    (one,) = parse(suite(f"<testcase name='{'n' * 9000}'><failure>{'ä&amp;' * 9000}</failure></testcase>")).failures
    assert one.text == "ä&" * (MAX_TEXT // 2)
    assert len(one.name) == MAX_TEXT


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        (suite('<testcase time="0.5"/>', '<testcase time="0.25"/>', time="0.6"), 0.6),
        (suite('<testcase time="0.5"/>', '<testcase time="0.25"/>'), 0.75),
        (suite('<testcase time="0.5"/>', '<testcase time="0.25"/>', time="0"), 0.75),
        (suite('<testcase time="1e-05"/>'), 1e-05),
        (suite('<testcase time="1,234,567.5"/>'), 1234567.5),
        (suite('<testcase time="1.5"/>', '<testcase time="NaN"/>', time="inf"), 1.5),
        (suite('<testcase time="1.5"/>', '<testcase time="-4"/>', '<testcase time="0,125"/>', time="1e999"), 1.5),
        (suite('<testcase time="."/>', '<testcase time="e5"/>', '<testcase time="soon"/>', time=""), None),
        (suite("<testcase/>"), None),
    ],
)
def test_the_duration_is_the_reports_own_else_the_sum_and_bad_numbers_are_left_out(
    raw: bytes, seconds: float | None
) -> None:
    assert parse(raw).duration_sec == seconds


def moments(*texts: str) -> tuple[datetime | None, datetime | None]:
    report = parse(b"<testsuites>" + b"".join(suite(timestamp=text) for text in texts) + b"</testsuites>")
    return report.began, report.began_locally


TEN, TEN_LOCALLY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC), datetime(2026, 11, 20, 10, 0)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T10:00:00Z", "2026-11-20T12:00:00+02:00", "2026-11-20 10:00:00 UTC", "2026-11-20T10:00:00 GMT",
        "Fri, 20 Nov 2026 10:00:00 GMT", "Fri, 20 Nov 2026 05:00:00 -0500", " 2026-11-20T10:00:00.000000000Z ",
    ],
)  # fmt: skip
def test_a_time_with_an_offset_is_exact(text: str) -> None:
    assert moments(text) == (TEN, None)


@pytest.mark.parametrize("text", ["2026-11-20T10:00:00", "2026-11-20 10:00", "2026-11-20T10:00:00.000"])
def test_a_time_without_an_offset_stays_local(text: str) -> None:
    assert moments(text) == (None, TEN_LOCALLY)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-11-20", "20/11/2026", "2026-02-30T10:00:00", "1970-01-01T00:00:00Z",
             "1980-02-01T00:00:00", "Fri, 99 Nov 2026 10:00:00 GMT", "1700000000", "Mon, 1", "9" * 400],
)  # fmt: skip
def test_an_unusable_time_is_left_out(text: str) -> None:
    assert moments(text) == (None, None)


def test_of_many_times_the_earliest_is_kept() -> None:
    found = moments("2026-11-20T11:00:00Z", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00", "2026-11-21T10:00:00")
    assert found == (TEN, TEN_LOCALLY)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"\x00" * 8, b"<testsuite>", b"<testsuite><testcase></testsuite>", b"<testsuite/><testsuite/>",
        b'<testsuite name="a"', b"<testsuite>&nbsp;</testsuite>", b"<testsuite>&#27;</testsuite>",
        b"<testsuite>\xff</testsuite>", (OWN / "surefire.xml").read_bytes()[:900], b"\x1f\x8b\x08\x00" * 9,
    ],
)  # fmt: skip
def test_what_is_no_well_formed_xml_is_refused_with_the_place(raw: bytes) -> None:
    assert "line " in refusal(raw) and "column " in refusal(raw)


@pytest.mark.parametrize("name", ["klingon", "rot13", "utf-7", "idna", "shift_jis"])
def test_an_encoding_nobody_knows_is_refused(name: str) -> None:
    assert "encoding" in refusal(f'<?xml version="1.0" encoding="{name}"?><testsuite/>'.encode())


def test_other_encodings_than_utf_8_are_read() -> None:
    text = "<?xml version='1.0' encoding='{}'?><testsuite><testcase name='é'><error/></testcase></testsuite>"
    for encoding in ("utf-16", "iso-8859-1", "windows-1252"):
        assert parse(text.format(encoding).encode(encoding)).failures[0].name == "é"


@pytest.mark.parametrize("root", ["test-run", "assemblies", "html", "coverage", "testcase"])
def test_another_kind_of_report_is_refused_by_its_root(root: str) -> None:
    assert f"its root is <{root}>" in refusal(f"<{root}><testsuite/></{root}>".encode())


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">{}]><testsuite>&z;</testsuite>'.format(
    "".join(f'<!ENTITY {to} "{f"&{of};" * 10}">' for of, to in zip("abcdefghij", "bcdefghijz", strict=True))
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>',
        '<!DOCTYPE t SYSTEM "http://127.0.0.1:1/evil.dtd"><testsuite/>',
        "<!DOCTYPE testsuite><testsuite/>",
    ],
)
def test_nothing_is_expanded_or_fetched(text: str) -> None:
    assert "document type" in refusal(text.encode())


def peak(cases: int) -> int:
    """Bytes that reading so many cases, half of them failed, takes beside the file itself."""
    case = "<testcase name='a'/><testcase name='b'><failure message='m'>why it failed</failure></testcase>"
    raw = suite(*[case] * (cases // 2))
    tracemalloc.start()
    try:
        assert parse(raw).total == cases
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_is_held_in_memory_does_not_grow_with_the_file() -> None:
    """The parser takes pieces of a mebibyte, and only the first failures are kept."""
    assert peak(40_000) < 2 * 2**20


def test_depth_elements_and_cases_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "deeper" in refusal(b"<testsuite>" * (MAX_DEPTH + 1))
    monkeypatch.setattr(junit, "MAX_ELEMENTS", 500)
    assert parse(b"<testsuite>" + b"<a/>" * 499 + b"</testsuite>") == Report()
    assert "500 elements" in refusal(b"<testsuite>" + b"<a/>" * 500)
    monkeypatch.setattr(junit, "MAX_CASES", 100)
    assert parse(suite(*["<testcase/>"] * 100)).total == 100
    assert "100 test cases" in refusal(suite(*["<testcase/>"] * 101))


ROWS = [row for row in json.loads((REAL / "expected.json").read_text()) if row["channel"] == "junit"] if (
    REAL / "expected.json"
).exists() else []  # fmt: skip


@pytest.mark.skipif(not ROWS, reason="the real reports lie beside the project and are not here")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_real_reports_are_read_as_their_tools_meant_them(row: dict[str, Any]) -> None:
    raw = (REAL / row["file"]).read_bytes()
    if row["expect"] == "accepted":
        assert counts(parse(raw)) == row["counts"]
    else:
        assert row["expect"] == "rejected" or "rejected" in row["allow"]
        assert refusal(raw)


PIECES = st.sampled_from(
    [b"<testsuite>", b"</testsuite>", b"<testsuites>", b"</testsuites>", b"<testcase name='a'>", b"</testcase>",
     b"<testcase/>", b"<failure>", b"</failure>", b"<skipped/>", b"text", b"&amp;", b"&#x10FFFF;", b"<![CDATA[<]]>",
     b"<!-- c -->", b"<?pi x?>", b"<!DOCTYPE a>", b"\xc3\xa9", b"\xff", b"\x00", b"</", b"<x:y xmlns:x='z'/>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30))
def test_whatever_comes_is_a_report_or_a_refusal(pieces: list[bytes]) -> None:
    try:
        report = parse(b"".join(pieces))
    except InvalidRequest as refused:
        assert str(refused)
    else:
        assert report.total == report.passed + report.failed + report.skipped
        assert min(counts(report).values()) >= 0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3000), st.binary(max_size=6), st.integers(0, 8))
def test_a_file_with_a_wound_is_a_report_or_a_refusal(place: int, put: bytes, cut: int) -> None:
    raw = (OWN / "surefire.xml").read_bytes()
    try:
        report = parse(raw[:place] + put + raw[place + cut :])
    except InvalidRequest as refused:
        assert str(refused)
    else:
        assert report.total == report.passed + report.failed + report.skipped
