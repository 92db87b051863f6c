"""The tests of a Jenkins build: `test_summary` as a result of one of our suites. Pure."""

from collections.abc import Mapping
from typing import Any

from data.catalog_models import Catalog
from data.errors import InvalidRequest
from ingest.normalizers import wording
from ingest.normalizers.foreign import Foreign, Maybe
from ingest.schema import MAX_FAILED_TESTS
from ingest.words import Count

SUITE = ("SUITE", "TEST_SUITE", "SUITE_TYPE")
DEFAULT = "FUNCTIONAL"


class TestSummary(Foreign):
    """What the plugin counts; `passed` came later than the others."""

    __test__ = False

    total: Count
    failed: Count
    skipped: Count = 0
    passed: Count | None = None
    failed_tests: Maybe[list[Any]] = None

    def counts(self) -> dict[str, Any]:
        """The counts and the names of failed tests, in the envelope's words."""
        passed = self.total - self.failed - self.skipped if self.passed is None else self.passed
        if passed < 0 or passed + self.failed + self.skipped > self.total:
            raise InvalidRequest("must be at least passed + failed + skipped", "build.test_summary.total")
        names = [name for one in self.failed_tests or [] if (name := wording.plain(one, 500))]
        return wording.said(
            total=self.total,
            passed=passed,
            failed=self.failed,
            skipped=self.skipped,
            failedTests=[{"name": name} for name in names[:MAX_FAILED_TESTS]] or None,
        )


def suite_of(parameters: Mapping[str, str], catalog: Catalog, service_id: str) -> tuple[str | None, str]:
    """The suite a job's tests are counted as, and why; None where the job names one that does not exist."""
    said = next((parameters[name] for name in SUITE if parameters.get(name)), None)
    if said is not None:
        suite = said.upper().replace("-", "_").replace(" ", "_")
        if suite in catalog.suites:
            return suite, f"suite {suite} by the job's parameter"
        return None, f"tests left out: the parameter names no suite of the catalog: {said[:64]}"
    expected = catalog.service(service_id).suites
    if len(expected) == 1:
        return expected[0], f"suite {expected[0]}: the only one the catalog expects of {service_id}"
    return DEFAULT, f"suite {DEFAULT}: the job has no parameter SUITE"
