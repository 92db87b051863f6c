"""The definitions of every other number on the screens, in words: attempts, tests, states and promotions."""

from data.definition_models import Chapter, Definition

CLUSTER, SERVICES, ANALYTICS = (
    ("Cluster-regions", "/clusters"),
    ("Services", "/services"),
    ("Analytics", "/analytics"),
)
CARD, PROMOTIONS, OVERVIEW = ("Score card", "/scorecard"), ("Promotions", "/promotions"), ("Overview", "/")

ATTEMPTS = Chapter("of-attempts", "Attempts", (
    Definition(
        "attempts", "Attempts",
        "Every time somebody or something tried to put a version of a service on a cluster-region.",
        rules=(
            "Finished attempts succeeded, failed or were rolled back.",
            "A cancelled run is shown apart and is in no rate, on neither side.",
            "An attempt belongs to the UTC day it started.",
            "Deploys are all finished attempts, on every cluster-region; deployments in the sense of delivery are "
            "those that reached users in production.",
        ), shown=(ANALYTICS, CLUSTER, SERVICES),
    ),
    Definition(
        "attempt-success-rate", "Success rate", "The share of finished attempts that succeeded.",
        "successful ÷ (successful + failed + rolled back)",
        ("Without a finished attempt there is no rate, never 0 % or 100 %.",), shown=(ANALYTICS, CLUSTER, CARD),
    ),
    Definition(
        "rollback-rate", "Rolled back", "The share of attempts that went out and were rolled back.",
        "rolled back ÷ (successful + rolled back)", ("Without one that went out there is no rate.",), shown=(CARD,),
    ),
    Definition(
        "deploy-duration", "Deploy duration", "How long a successful attempt took.", "end − start",
        ("Mean, median or 90th percentile, as it says. An attempt without an end is left out.",
         "It is not the change lead time, which begins with the commit."), shown=(ANALYTICS, CLUSTER, CARD),
    ),
    Definition(
        "failure-reasons", "Failure reasons", "What failed and rolled back attempts say was the reason.",
        rules=("Reasons that differ only in names and numbers are counted as one.",), shown=(ANALYTICS,),
    ),
))  # fmt: skip

TESTS = Chapter("tests", "Tests and gates", (
    Definition(
        "pass-rate", "Test pass rate", "The share of tests that passed, of the runs that count.",
        "passed ÷ (total − skipped)",
        ("Of several runs of a suite for one attempt the last one counts.",
         "Without a test that was not skipped there is no rate."), shown=(ANALYTICS, CARD),
    ),
    Definition(
        "gate", "Gate",
        "What a suite says of an attempt: passed, failed, partial, or missing where an expected suite has no run. "
        "Missing is never passed.", shown=(OVERVIEW, SERVICES),
    ),
    Definition(
        "gates-missing", "Gates missing",
        "Expected suites without a run on the latest finished attempt, over all cluster-regions of a service.",
        shown=(CARD,),
    ),
    Definition(
        "flaky", "Flaky", "What says another thing when nothing changed.",
        "versions that flipped ÷ versions judged more than once on one cluster-region",
        ("A suite flipped where two attempts of one version, one after the other, have different verdicts, or two of "
         "its runs within one attempt have: every run tells here, while only the last one decides the gate.",
         "A deploy flipped where an attempt failed and a later one of the same version there succeeded.",
         "A version that was judged once tells nothing and is in neither.",
         "Of attempts from before runs were counted only the last run of each suite is known; the quality page says "
         "of how many."), shown=(ANALYTICS, CARD),
    ),
))  # fmt: skip

STATE = Chapter("state", "How things stand", (
    Definition(
        "serving", "Serving",
        "The version that serves on a cluster-region: of the successful attempts that were not rolled back, the one "
        "that ended last.", shown=(OVERVIEW, SERVICES),
    ),
    Definition(
        "healthy", "Health",
        "Healthy: the latest finished attempt succeeded and none of its gates failed. It needs attention: it did "
        "not. Unknown: nothing has finished yet.",
        rules=("Cancelled attempts are passed over.", "Unknown is counted apart, so the parts add up."),
        shown=(OVERVIEW, CLUSTER, CARD),
    ),
    Definition(
        "versions-behind", "Behind, skew",
        "How many newer versions have served in the stage before and not here.",
        rules=("“At least” where more may lie between: of each cluster-region the serving version and the good one "
               "before it are known.", "Where nothing tells which version is newer, nothing is said."),
        shown=(PROMOTIONS, CARD),
    ),
    Definition(
        "days-since-production", "Days since the last production deployment",
        "Whole UTC days since the day of the last successful attempt on a production cluster-region.", shown=(CARD,),
    ),
    Definition(
        "freshness", "Updated", "How old the state is that a page shows. Pages ask every few seconds and draw what "
        "changed; while the database is away they keep what they have and say how old it is.", shown=(OVERVIEW,),
    ),
))  # fmt: skip

ON_THE_WAY = Chapter("promotions", "Promotions", (
    Definition(
        "waiting", "Waiting",
        "A version that serves somewhere and on nothing after it on the path, while what serves next is older or "
        "nothing.", shown=(PROMOTIONS,),
    ),
    Definition(
        "wave-convergence", "Wave convergence",
        "How long a version takes over the cluster-regions of a stage, from its first success there.",
        "time of the success that brings the version, or a newer one, to half (to all) of them − its first success",
        ("The cluster-regions are those that have the service now.",
         "A wave is a version put over an older one. Where a newer one overtakes it, that counts as arrived.",
         "The median is over the newest ten waves that got so far; n says how many.",
         "Stragglers still serve an older version, or nothing."), shown=(PROMOTIONS,),
    ),
    Definition(
        "promotion-debt", "Promotion debt",
        "What waits, weighed by how long: a service with three versions waiting for two days owes six days.",
        "sum over the waiting versions and the cluster-regions where they wait of now − since when they serve there",
        ("Whether a wait is wanted (a soak time, a freeze) does not matter: it is time not in front of users.",),
        shown=(PROMOTIONS,),
    ),
))  # fmt: skip
CHAPTERS = (ATTEMPTS, TESTS, STATE, ON_THE_WAY)
