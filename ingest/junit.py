"""JUnit XML as test tools really write it, read as a stream: what ran, what failed and why. Pure.

Counts come from the cases, never from the headers, which disagree with them or count nested suites twice. The
parser is expat without a tree: document types are refused at their first letter, so no entity can be declared,
expanded or fetched, and depth, elements and cases are bounded before anything is kept of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from xml.parsers import expat

from data.errors import InvalidRequest
from ingest.junit_words import Moments, seconds

MAX_DEPTH = 100
MAX_ELEMENTS = 1_000_000
MAX_CASES = 100_000
MAX_FAILED = 50  # those kept by name; all are counted
MAX_TEXT = 8000  # characters of any one text that is kept

ROOTS = ("testsuites", "testsuite")
FAILURES = frozenset({"failure", "error"})
FAILED_WORDS = frozenset({"fail", "failed", "failure", "error", "broken"})
SKIPPED_WORDS = frozenset({"skip", "skipped", "disabled", "ignored", "notrun", "suppressed"})


@dataclass(frozen=True, slots=True)
class Failed:
    """One failed case in the file's own words, each cut to MAX_TEXT: where it stands and why it failed."""

    classname: str = ""
    name: str = ""
    message: str = ""
    kind: str = ""
    text: str = ""
    duration_sec: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a file says. `failures` are the first MAX_FAILED; `failed` counts all of them.

    `began` is the earliest time with an offset, `began_locally` the earliest without; None where none is usable.
    """

    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    duration_sec: float | None = None
    began: datetime | None = None
    began_locally: datetime | None = None
    failures: tuple[Failed, ...] = ()


def parse(raw: bytes) -> Report:
    """The report these bytes hold; InvalidRequest says where they are no well-formed JUnit XML."""
    reader = _Reader()
    try:
        reader.parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise InvalidRequest(_where(reader.parser, expat.ErrorString(error.code))) from None
    except (LookupError, ValueError):  # the codec that the file names does not exist, or cannot be used here
        raise InvalidRequest("the body is not readable XML: its encoding is not known; send it in UTF-8") from None
    return reader.report()


def _where(parser: "expat.XMLParserType", reason: str) -> str:
    at = f"line {parser.ErrorLineNumber:,}, column {parser.ErrorColumnNumber + 1:,}"
    return f"the body is not well-formed XML: {reason} ({at})"


@dataclass(slots=True)
class _Failure:
    """The failure being read: its attributes, and its text as it comes."""

    attributes: Mapping[str, str]
    text: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, data: str) -> None:
        """More of its text; what is beyond MAX_TEXT is not kept."""
        kept = data[: MAX_TEXT - self.length]
        if kept:
            self.text.append(kept)
            self.length += len(kept)


@dataclass(slots=True)
class _Case:
    """The case being read; the first failure is the one it is known by."""

    attributes: Mapping[str, str]
    failed: bool = False
    skipped: bool = False
    failure: _Failure | None = None


@dataclass(slots=True)
class _Counts:
    total: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    timed: bool = False
    failures: list[Failed] = field(default_factory=list)


class _Reader:
    """Expat's callbacks: the path of open elements, the case within, and what is counted so far."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.EntityDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._path: list[str] = []
        self._elements = 0
        self._case: _Case | None = None
        self._counts = _Counts()
        self._moments = Moments()
        self._root_seconds: float | None = None

    def report(self) -> Report:
        """What was read."""
        counts = self._counts
        summed = round(counts.seconds, 6) if counts.timed else None
        return Report(
            total=counts.total,
            passed=counts.total - counts.failed - counts.skipped,
            failed=counts.failed,
            skipped=counts.skipped,
            duration_sec=self._root_seconds or summed,
            began=self._moments.exact,
            began_locally=self._moments.local,
            failures=tuple(counts.failures),
        )

    def _refuse_doctype(self, *_declared: Any) -> NoReturn:
        raise InvalidRequest("the body must not declare a document type or entities (<!DOCTYPE …>)")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._count_element(name)
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in ROOTS and self._case is None:
            self._moments.add(attributes.get("timestamp"))
            if not parent:
                self._root_seconds = seconds(attributes.get("time"))
        elif name == "testcase" and parent in ROOTS:
            self._begin_case(attributes)
        elif self._case is not None and parent == "testcase":
            self._judge(self._case, name, attributes)

    def _count_element(self, name: str) -> None:
        self._elements += 1
        if not self._path and name not in ROOTS:
            raise InvalidRequest(
                f"the body is not JUnit XML: its root is <{name[:100]}>, not <testsuites> or <testsuite>"
            )
        if len(self._path) >= MAX_DEPTH:
            raise InvalidRequest(f"the body nests elements deeper than {MAX_DEPTH}")
        if self._elements > MAX_ELEMENTS:
            raise InvalidRequest(f"the body has more than {MAX_ELEMENTS:,} elements")

    def _begin_case(self, attributes: dict[str, str]) -> None:
        self._counts.total += 1
        if self._counts.total > MAX_CASES:
            raise InvalidRequest(f"the report has more than {MAX_CASES:,} test cases; send it in parts")
        words = {attributes.get("status", "").lower(), attributes.get("result", "").lower()}
        self._case = _Case(attributes, bool(words & FAILED_WORDS), bool(words & SKIPPED_WORDS))

    def _judge(self, case: _Case, name: str, attributes: Mapping[str, str]) -> None:
        """Only these words decide; what failed and then passed on a rerun carries other ones, and has passed."""
        case.skipped = case.skipped or name == "skipped"
        if name in FAILURES:
            case.failed = True
            if case.failure is None:
                case.failure = _Failure(attributes)
                self.parser.CharacterDataHandler = case.failure.add

    def _end(self, name: str) -> None:
        self._path.pop()
        case = self._case
        if case is None:
            return
        if self._path[-1] == "testcase":
            self.parser.CharacterDataHandler = None
        elif name.rpartition(":")[2] == "testcase" and self._path[-1] in ROOTS:
            self._finish(case)
            self._case = None

    def _finish(self, case: _Case) -> None:
        counts, took = self._counts, seconds(case.attributes.get("time"))
        if took is not None:
            counts.seconds, counts.timed = counts.seconds + took, True
        if case.failed:
            counts.failed += 1
            if len(counts.failures) < MAX_FAILED:
                counts.failures.append(_failed(case, took))
        elif case.skipped:
            counts.skipped += 1


def _failed(case: _Case, took: float | None) -> Failed:
    why = case.failure or _Failure({})
    return Failed(
        classname=case.attributes.get("classname", "")[:MAX_TEXT],
        name=case.attributes.get("name", "")[:MAX_TEXT],
        message=why.attributes.get("message", "")[:MAX_TEXT],
        kind=why.attributes.get("type", "")[:MAX_TEXT],
        text="".join(why.text),
        duration_sec=took,
    )
