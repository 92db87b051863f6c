"""What rules, values and verdicts of the score card are called, on screen and in messages. Pure."""

from data.scorecard_models import ScoreRule, Unit
from data.scorecard_views import Cell, Outcome, RuleShown

THIN = "\u202f"
COMPARED = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "=": "exactly"}
OUTCOMES = {
    Outcome.PASS: "Kept",
    Outcome.FAIL: "Not kept",
    Outcome.NO_DATA: "No data",
    Outcome.EXEMPT: "Exempt",
    Outcome.NOT_ASKED: "Not asked",
}
REASONS = {
    "before_first_event": "before the first event",
    "censored": "most of the failures are still open",
    "never_deployed": "never deployed",
    "no_attempts": "no finished attempts",
    "no_commit_times": "no commit times",
    "no_deployments": "no deployments to production",
    "no_failures": "no failed deployments",
    "no_production_deployment": "never succeeded in production, as far back as attempts are held",
    "no_successful_attempts": "no successful attempts with an end",
    "no_suites_expected": "no test suites are expected",
    "no_tests": "no tests ran",
    "not_exact": "only a bound is known",
    "not_measured": "not measured",
    "not_production": "no production cluster-region",
    "nothing_in_production": "nothing in production to compare",
    "nothing_judged_twice": "no version was judged more than once",
    "nothing_went_out": "nothing went out",
    "small_sample": "too few to tell",
}


def amount(value: float, unit: Unit) -> str:
    """`87.2 %`, `3`, `12 days`; what is not all is never rounded up to 100 %, what is something never to 0 %."""
    if unit is Unit.PERCENT:
        shown = round(value, 1)
        shown = 99.9 if shown == 100 and value < 100 else 0.1 if shown == 0 and value > 0 else shown
        return f"{_plain(shown)}{THIN}%"
    if unit is Unit.DAYS:
        return f"{_plain(value)} {'day' if value == 1 else 'days'}"
    if unit is Unit.A_DAY:
        return f"{_plain(round(value, 2))} a day"
    short = {Unit.HOURS: f"{THIN}h", Unit.MINUTES: f"{THIN}min", Unit.COUNT: ""}[unit]
    return f"{_plain(round(value, 1))}{short}"


def _plain(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def asked(rule: ScoreRule, unit: Unit) -> str:
    """`at least 90 %`."""
    return f"{COMPARED[rule.operator]} {amount(rule.threshold, unit)}"


def found(cell: Cell, unit: Unit) -> str:
    """`87.2 %`, `at least 2`, or why there is no value."""
    if cell.value is None:
        return reason(cell)
    return f"{'at least ' if cell.at_least else ''}{amount(cell.value, unit)}"


def reason(cell: Cell) -> str:
    """Why a cell has no verdict."""
    return REASONS.get(cell.reason or "", "no data")


def lacking(cell: Cell, shown: RuleShown) -> str:
    """What it takes: `8.8 % points more`, `2 fewer`, or that a number is wanted."""
    if cell.gap is None:
        return f"a number is wanted: {reason(cell)}"
    unit = "points" if shown.kind.unit is Unit.PERCENT else shown.kind.unit.value
    size = _plain(round(cell.gap, 2) or cell.gap)
    if cell.gap == 0:
        return "just beyond where it stands"
    below = cell.value is not None and cell.value < shown.rule.threshold
    return " ".join(
        word
        for word in (
            size,
            "" if unit == "a day" else unit,
            "more" if below else "less",
            "a day" if unit == "a day" else "",
        )
        if word
    )
