"""An upload of test results: the address is judged under its own names, the file gives counts, times and failures."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog
from data.errors import InvalidRequest
from data.events import TestResultEvent, to_body
from data.models import FailedTest, Verdict
from ingest import message
from ingest.normalizers.junit import PARAMETERS
from ingest.normalizers.junit_failures import CUT, MAX_BYTES, UNNAMED
from ingest.taking import Incoming, Taken, take
from tests.ingest.normalizers.mutating import refused
from tests.ingest.normalizers.posting import PAYLOADS, RECEIVED

ATTEMPT = "mira-us-west-2:authn:3.4.3:1285"
HEADERS = {"Content-Type": "application/xml; charset=utf-8"}
CATALOG = Catalog(suites=("FUNCTIONAL", "SANITY", "LOAD"))


def upload(file: str | bytes, **params: str) -> Taken:
    """What the upload route makes of a file; `attemptId` and `suite` are right unless told otherwise."""
    raw = file if isinstance(file, bytes) else (PAYLOADS / "junit" / file).read_bytes()
    said = {"attemptId": ATTEMPT, "suite": "FUNCTIONAL"} | params
    kept = {name: value for name, value in said.items() if value != "…"}
    return take(Incoming(raw, HEADERS, "junit", kept), RECEIVED, CATALOG)


def result(taken: Taken) -> TestResultEvent:
    (event,) = taken.events
    assert isinstance(event, TestResultEvent)
    return event


def failing(*cases: str) -> bytes:
    return f"<testsuite>{''.join(cases)}</testsuite>".encode()


def a_failure(message: str = "", text: str = "", kind: str = "", **attributes: str) -> bytes:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return failing(f'<testcase{said}><failure message="{message}" type="{kind}">{text}</failure></testcase>')


def failed_tests(taken: Taken) -> tuple[FailedTest, ...]:
    return result(taken).failed_tests or ()


def test_a_file_becomes_one_result_of_the_named_attempt() -> None:
    taken = upload("pytest.xml", reportUrl="https://ci.acme.example/7", testRunId="run-7")
    event = result(taken)
    assert (event.source, event.attempt_id, event.suite) == ("junit", ATTEMPT, "FUNCTIONAL")
    assert (event.total, event.passed, event.failed, event.skipped) == (4, 2, 1, 1)
    assert event.verdict is Verdict.FAILED
    assert event.executed_at == event.event_time == "2026-11-20T10:05:07.504Z"
    assert (event.report_url, event.test_run_id) == ("https://ci.acme.example/7", "run-7")
    assert taken.via == ((f"attempt {ATTEMPT} named by the address",),)


def test_a_result_may_name_its_version_and_wait_for_the_attempt() -> None:
    taken = upload(
        "pytest.xml", attemptId="…", clusterId="mira-us-west-2", serviceId="authn", buildVersion="3.4.3",
        gitSha="ABC1234",
    )  # fmt: skip
    event = result(taken)
    assert (event.attempt_id, event.build_version, event.git_sha) == (None, "3.4.3", "abc1234")
    assert taken.via == (("authn 3.4.3 on mira-us-west-2 named by the address",),)


def test_variables_a_pipeline_did_not_set_count_as_not_said() -> None:
    assert result(upload("pytest.xml", reportUrl="", gitSha="", tz="", executedAt="")).report_url is None


def test_a_suite_may_be_named_in_any_letter_case() -> None:
    assert result(upload("pytest.xml", suite="load")).suite == "LOAD"


def test_the_same_file_twice_is_one_result() -> None:
    one, again = result(upload("surefire.xml")), result(upload("surefire.xml"))
    assert (one.event_id, one.test_run_id) == (again.event_id, again.test_run_id)
    assert one.test_run_id != result(upload("pytest.xml")).test_run_id


def test_a_file_without_tests_is_a_missing_gate_and_none_passed() -> None:
    event = result(upload(b"<testsuites/>"))
    assert (event.verdict, event.total, event.failed_tests) == (Verdict.MISSING, 0, None)


def test_a_report_that_only_skipped_is_a_missing_gate() -> None:
    assert result(upload(failing("<testcase><skipped/></testcase>"))).verdict is Verdict.MISSING


@pytest.mark.parametrize(
    ("tz", "executed"),
    [
        (None, "2026-11-20T10:05:07.504Z"),
        ("UTC", "2026-11-20T10:05:07.504Z"),
        ("Europe/Berlin", "2026-11-20T09:05:07.504Z"),
        ("+02:00", "2026-11-20T08:05:07.504Z"),
        (" 02:00", "2026-11-20T08:05:07.504Z"),  # an address writes a blank as a plus
        ("-0530", "2026-11-20T15:35:07.504Z"),
    ],
)
def test_a_time_without_offset_is_utc_or_of_the_named_zone(tz: str | None, executed: str) -> None:
    assert result(upload("pytest.xml", **({"tz": tz} if tz else {}))).executed_at == executed


def test_a_zone_moves_no_time_that_names_its_offset() -> None:
    assert result(upload("nested.xml", tz="+05:00")).executed_at == "2026-11-20T10:59:30.000Z"


@pytest.mark.parametrize("said", ["2026-11-20T09:00:00+01:00", "2026-11-20T09:00:00 01:00", "2026-11-20T08:00:00Z"])
def test_the_address_may_say_when_the_tests_ran(said: str) -> None:
    assert result(upload("pytest.xml", executedAt=said)).executed_at == "2026-11-20T08:00:00.000Z"


@pytest.mark.parametrize("file", ["surefire.xml", b'<testsuite timestamp="2031-01-01T00:00:00Z"/>', b"<testsuite/>"])
def test_a_file_that_says_no_time_that_can_be_has_none(file: str | bytes) -> None:
    event = result(upload(file))
    assert (event.executed_at, event.event_time) == (None, "")


@pytest.mark.parametrize(
    ("field", "params"),
    [
        ("suite", {"suite": "…"}), ("suite", {"suite": "SMOKE"}), ("suite", {"suite": "a b"}),
        ("attemptId", {"attemptId": "authn:7"}), ("clusterId", {"attemptId": "…"}),
        ("serviceId", {"attemptId": "…", "clusterId": "mira-us-west-2"}),
        ("buildVersion", {"attemptId": "…", "clusterId": "mira-us-west-2", "serviceId": "authn"}),
        ("clusterId", {"clusterId": "pavo-eu-west-1"}), ("clusterId", {"clusterId": "Mira West"}),
        ("buildVersion", {"attemptId": "…", "buildVersion": "latest"}), ("gitSha", {"gitSha": "main"}),
        ("tz", {"tz": "Europe/Bärlin"}), ("tz", {"tz": "../../etc/passwd"}), ("tz", {"tz": "+25:00"}),
        ("tz", {"tz": "x", "executedAt": "2026-11-20T08:00:00Z"}), ("executedAt", {"executedAt": "today"}),
        ("executedAt", {"executedAt": "2026-11-20T08:00:00"}), ("executedAt", {"executedAt": "2026-11-29T08:00:00Z"}),
        ("reportUrl", {"reportUrl": "javascript:alert(1)"}), ("testRunId", {"testRunId": "a b"}),
        ("atemptId", {"atemptId": ATTEMPT}), ("attemptNumber", {"attemptNumber": "1285"}),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_by_its_own_name(field: str, params: dict[str, str]) -> None:
    assert refused(lambda: upload("pytest.xml", **params), field)


def test_a_suite_nobody_knows_is_refused_with_those_that_are_known() -> None:
    assert refused(lambda: upload("pytest.xml", suite="SMOKE"), "suite") == "must be one of FUNCTIONAL, LOAD, SANITY"


def test_a_broken_file_is_refused_whole() -> None:
    with pytest.raises(InvalidRequest, match="not well-formed XML"):
        upload((PAYLOADS / "junit" / "pytest.xml").read_bytes()[:-30])


def test_xml_is_recognised_by_its_content_type() -> None:
    raw = (PAYLOADS / "junit" / "pytest.xml").read_bytes()
    params = {"attemptId": ATTEMPT, "suite": "FUNCTIONAL"}
    assert take(Incoming(raw, HEADERS, None, params), RECEIVED, CATALOG).sender.name == "junit"


def test_failed_tests_are_named_by_class_and_name_with_message_and_text() -> None:
    removed, survived = failed_tests(upload("surefire.xml"))
    assert removed.name == "com.acme.cart.CartTest.removesAnArticle"
    assert removed.message is not None and removed.message.count("expected: <0> but was: <1>") == 1
    assert removed.message.endswith("CartTest.java:41)")
    assert survived == FailedTest("com.acme.cart.CartTest.survivesARestart", "java.lang.IllegalStateException", None)


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"classname": "A", "name": "b"}, "A.b"), ({"classname": "", "name": "b"}, "b"), ({"classname": "A"}, "A"),
        ({"classname": "A", "name": "A.b"}, "A.b"), ({}, UNNAMED),
        ({"classname": "c" * 600, "name": "n"}, "c" * 500), ({"name": "a &#10;  b"}, "a b"),
    ],
)  # fmt: skip
def test_a_name_is_one_line_and_says_no_class_twice(attributes: dict[str, str], name: str) -> None:
    assert failed_tests(upload(a_failure(**attributes)))[0].name == name


@pytest.mark.parametrize(
    ("message", "text", "kind", "said"),
    [
        ("short", "long story", "E", "short\nlong story"), ("a  b", "E: a b\nmore", "E", "E: a b\nmore"),
        ("only", "", "E", "only"), ("", "  only\n", "E", "only"), ("", "", "E", "E"), ("", "", "", None),
        ("m" * 3000, "", "", "m" * 2000), ("&lt;b&gt;", "", "", "<b>"),
    ],
)  # fmt: skip
def test_a_message_says_each_thing_once(message: str, text: str, kind: str, said: str | None) -> None:
    assert failed_tests(upload(a_failure(message, text, kind, name="t")))[0].message == said


@pytest.mark.parametrize("letter", ["x", "ä", "語", "🜚", "&quot;", "\\", "a\n"])
def test_many_long_failures_fit_together_and_each_keeps_its_share(letter: str) -> None:
    long = letter * 4000
    case = f'<testcase name="{{}}{long}"><failure message="{long}">{long}</failure></testcase>'
    taken = upload(failing(*(case.format(n) for n in range(70))))
    tests = failed_tests(taken)
    assert (result(taken).failed, len(tests)) == (70, 50)
    assert len(orjson.dumps([orjson.loads(to_body(result(taken)))["failedTests"]])) <= MAX_BYTES + 200
    assert all(one.message and len(orjson.dumps(one.message)) > 500 for one in tests)
    assert len(message.dump(message.Delivery(taken.events, "junit", RECEIVED), Incoming(b"", {}), "junit")) < 2**18


def test_what_fits_is_not_cut() -> None:
    (one,) = failed_tests(upload(a_failure("m" * 1999, name="n" * 400)))
    assert CUT not in one.name + (one.message or "")


@pytest.mark.parametrize("file", ["surefire.xml", "pytest.xml", "nested.xml"])
def test_the_worker_reads_the_same_event_out_of_the_message(file: str) -> None:
    taken = upload(file)
    raw = (PAYLOADS / "junit" / file).read_bytes()
    incoming = Incoming(raw, HEADERS, "junit", {"attemptId": ATTEMPT, "suite": "FUNCTIONAL"})
    text = message.dump(message.Delivery(taken.events, "junit", RECEIVED), incoming, "junit")
    assert message.parse(text, RECEIVED, CATALOG.suites).events == taken.events
    original = message.original(text)
    assert original is not None and original.raw is not None
    again = take(Incoming(original.raw, original.headers, original.sender, original.params), RECEIVED, CATALOG)
    assert again.events == taken.events


def test_a_file_too_large_to_carry_is_left_out_of_the_message() -> None:
    noise = "".join(f"{n * 2654435761 % 2**32:08x}" for n in range(200_000))
    raw = failing(f"<system-out>{noise}</system-out>", "<testcase name='a'/>")
    taken = upload(raw)
    text = message.dump(message.Delivery(taken.events, "junit", RECEIVED), Incoming(raw, HEADERS), "junit")
    assert len(text) < 2000
    assert "too large to carry" in text
    assert getattr(message.original(text), "raw", None) is None
    assert message.parse(text, RECEIVED, CATALOG.suites).events == taken.events


ODD = st.sampled_from(
    ["", " ", "…", "FUNCTIONAL", "sanity", "latest", ATTEMPT, "a:b:c:d", "+02:00", "Europe", "Zulu",
     "\u202e", "🜚" * 300, "2026-11-20T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
     "http://[", "x" * 3000, "\x00"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(PARAMETERS) | st.text(max_size=5), ODD, max_size=6),
    st.sampled_from(["surefire.xml", "nested.xml", b'<testsuite timestamp="9999-12-31T23:59:59"/>']),
)
def test_whatever_the_address_says_it_is_refused_by_name_or_understood(params: dict[str, str], file: Any) -> None:
    try:
        taken = upload(file, **params)
    except InvalidRequest as error:
        assert error.field is not None and error.reason
        return
    text = message.dump(message.Delivery(taken.events, "junit", RECEIVED), Incoming(b"", HEADERS), "junit")
    assert message.parse(text, RECEIVED, CATALOG.suites).events == taken.events
