"""The definitions of tests, retries and gates in words; docs/quality.md says the same at more length."""

from data.definition_models import Chapter, Definition

TESTS = (("Quality", "/quality"),)
RETRIES = (("Quality, retries", "/quality?view=flakes"),)
GATES = (("Quality, gates", "/quality?view=gates"),)
BACK_TEST = (("Quality, back-test", "/quality?view=backtest"),)

SUITES = Chapter("suites", "Test suites", (
    Definition(
        "pass-rate-all", "Pass rate with skipped tests",
        "The share of all tests that passed: a skipped test counts as one that did not.", "passed ÷ total",
        ("Without a test there is no rate, never 0 % or 100 %.",), shown=TESTS,
    ),
    Definition(
        "component-health", "Component health",
        "Whether the pass rate of a service reaches the least one that is asked for.",
        "pass rate of all its suites in the period ≥ minimum",
        ("The minimum is 100 % unless the address says otherwise (`min=95`).",
         "A service without a test in the period is grey, neither good nor bad."), shown=TESTS,
    ),
    Definition(
        "suite-duration", "Suite duration", "How long the runs of a suite took that count as gates.",
        "mean = seconds ÷ gates that say how long they took; p50 and p90 over the means of each service, "
        "cluster-region and day, each weighted by its gates",
        ("A run that does not say how long it took is left out, and so counted.",), shown=TESTS,
    ),
    Definition(
        "failed-then-passed", "Failed, then passed",
        "A suite that failed for a version on a cluster-region and then passed there unchanged: in a later run on "
        "the same attempt, or on a later attempt of the version.",
        rules=("It belongs to the first attempt on which a run did not pass.",
               "As a gate, and so for what gates are worth, the last run of an attempt counts alone."), shown=TESTS,
    ),
    Definition(
        "flaky-test", "Flaky tests",
        "The names of tests that failed in a run of a suite that passed later, unchanged.",
        "how often each test is named by such runs",
        ("Read are the runs of the newest 50 such turns of one service; the page says how many it read.",),
        shown=TESTS,
    ),
))  # fmt: skip

TAX = Chapter("retries", "Retries and places", (
    Definition(
        "retry", "Retry", "A failed attempt that succeeded unchanged.",
        "the next finished attempts of the service on that cluster-region are of the same version, each failed but "
        "the last, which succeeded",
        ("Another version in between is a change: then it is no retry.",
         "Cancelled and running attempts are passed over. A rollback ends the row."), shown=RETRIES,
    ),
    Definition(
        "flake-tax", "Flake tax", "The time retries cost.",
        "from each retry's start to the start of the next attempt, of the last one to the end of the success: "
        "together from the first failed start to the success's end",
        ("Where no end of the success was sent, to its start.",
         "A retry belongs to the UTC day it started, even where the success came later."), shown=RETRIES,
    ),
    Definition(
        "same-build", "Same build, different outcome",
        "A version that succeeded on some cluster-regions and failed on others.",
        "failed here and succeeded elsewhere ÷ versions tried here and elsewhere",
        ("What became of a version somewhere is what became of its last finished attempt there in the period; a "
         "rollback is a failure.", "Below 5 versions no share is told."), shown=RETRIES,
    ),
))  # fmt: skip

WORTH = Chapter("gates", "What gates are worth", (
    Definition(
        "gate-case", "Case", "A suite that failed for a version on a cluster-region, however often.",
        rules=("It belongs to the first attempt on which it failed.",
               "A partial or missing result and what a cancelled attempt says are no failure."), shown=GATES,
    ),
    Definition(
        "catch", "Catch",
        "A case whose version did not pass the suite there later, did not come to production afterwards, and was "
        "followed there by another version.",
        rules=("While it is the newest version there the case is undecided, and counts neither way.",), shown=GATES,
    ),
    Definition(
        "false-alarm", "False alarm",
        "A case whose version passed the suite there later, unchanged; or came to production afterwards and none of "
        "those deployments is a change failure.", shown=GATES,
    ),
    Definition(
        "overruled", "Overruled",
        "A case whose version came to production nevertheless, and that was a change failure: the gate was right.",
        shown=GATES,
    ),
    Definition(
        "escape", "Escape",
        "A change failure in production whose version the suite had passed: by then its last word on every "
        "cluster-region that had one was passed.", "escapes ÷ change failures of whose version the suite had a word",
        ("It belongs to the failed deployment's day.",), shown=GATES,
    ),
    Definition(
        "gate-precision", "Right when it failed", "How often a failing gate was right.",
        "(catches + overruled) ÷ (catches + overruled + false alarms)", ("Undecided cases are left out.",),
        shown=GATES,
    ),
    Definition(
        "minutes-per-catch", "Minutes per catch", "What a catch costs in time of the suite.",
        "minutes of all its gates in the period ÷ catches",
        ("Gates that do not say how long they took are not in it; without a catch there is no value.",),
        shown=GATES,
    ),
    Definition(
        "back-test", "Back-test",
        "What a rule would have done to the deployments of production: held back a change failure (rightly) or one "
        "that went well (wrongly).",
        rules=(
            "Looked at is the stage before, on the cluster-regions that lead to where the version went: the last "
            "result of each suite there by then, and the time since its first success there had ended.",
            "What is not shown holds a version back: no result, tests not counted, never served there.",
            "The delay is what was missing of the soak, of the deployments that had served there too short a time.",
            "Cluster-regions without a stage before are left out, and counted.",
        ), shown=BACK_TEST,
    ),
    Definition(
        "gate-check", "Gate check",
        "Whether a version may go to a cluster-region now: what `GET /api/gates/check` answers a pipeline.",
        rules=("It holds to the rules of the catalog, or to the path's own where it has none; docs/quality.md lists "
               "them.", "Missing evidence is a no."), shown=(("Promotions", "/promotions"),),
    ),
))  # fmt: skip

CHAPTERS = (SUITES, TAX, WORTH)
