"""The definitions of delivery in words: the five metrics, what they are made of, and how they are judged."""

from data.definition_models import Chapter, Definition, Source

GUIDE = Source("DORA, software delivery metrics: the guide", "https://dora.dev/guides/dora-metrics/")
HISTORY = Source("DORA, a history of the metrics", "https://dora.dev/insights/dora-metrics-history/")
REPORT_2023 = Source("DORA, report of 2023", "https://dora.dev/research/2023/dora-report/")
QUICK_CHECK = Source("DORA, quick check, data of 2025", "https://dora.dev/quickcheck/")
WILSON = Source(
    "E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, 1927",
    "https://doi.org/10.1080/01621459.1927.10502953",
)
PAGE = (("Delivery", "/delivery"),)

TERMS = Chapter("terms", "What is counted in production", (
    Definition(
        "deployment", "Deployment",
        "A change that reached users: an attempt on a production cluster-region that succeeded or was rolled back "
        "afterwards, with another version than the one that served there just before.",
        rules=(
            "Production is every cluster-region whose type in the catalog is Production.",
            "An attempt belongs to the UTC day it started, in numbers, charts and rows alike.",
            "The same version put out again is a redeploy: listed, not counted.",
            "An attempt that put an older version back is a restore, not a deployment.",
            "An attempt that failed never served: a failed rollout. It counts only where an incident names it.",
            "Cancelled attempts and those under way count in no rate.",
        ), sources=(GUIDE,), shown=PAGE,
    ),
    Definition(
        "release", "Release",
        "One version of one service that came to production, on however many cluster-regions: its time is that of "
        "its first deployment. A rollout to two cluster-regions is one release and two deployments.", shown=PAGE,
    ),
    Definition(
        "restore", "Restore",
        "An attempt in production that put an earlier version back.",
        "It has the trigger rollback, or names the build it goes back to, or its version is older than the one "
        "serving just before and served there earlier.",
        ("Older is by semantic version where both have one, else by which was first tried on that cluster-region.",
         "Putting the newer version out again afterwards is a deployment."), shown=PAGE,
    ),
    Definition(
        "change-failure", "Change failure",
        "A deployment that had to be taken back or mended at once.",
        rules=(
            "Rolled back: its own status says so.",
            "Restored: a later restore went back to what served before. The failed one is the first deployment "
            "after that version last began to serve.",
            "Hotfix: the next deployment there was a hotfix, within 24 hours.",
            "Incident: an incident names it; one that names none is of the latest deployment within 72 hours before.",
            "A deployment fails once, by the first of these rules that fits; its row says by which.",
        ), sources=(GUIDE,), shown=PAGE,
    ),
))  # fmt: skip

FIVE = Chapter("delivery", "The five delivery metrics", (
    Definition(
        "deployment-frequency", "Deployment frequency",
        "How often changes reach users.", "deployments ÷ days of the period",
        ("0 is a real value: nothing was deployed.",
         "Before anything was ever heard of what is asked for there is no value."), (GUIDE,), PAGE,
    ),
    Definition(
        "change-lead-time", "Change lead time",
        "How long a commit takes to production.",
        "end of the deployment − time of the commit, of each of its commits",
        ("Shown are the median and the 90th percentile, by linear interpolation.",
         "The commits are those the deployment names; where it names none, its head commit.",
         "A commit without a time, or later than its deployment (clocks disagree), is left out and counted.",
         "Unlike services should not be blended: look at one service or team."), (GUIDE,), PAGE,
    ),
    Definition(
        "change-failure-rate", "Change failure rate",
        "The share of deployments that had to be taken back or mended at once.", "failed deployments ÷ deployments",
        ("Restores are not in the denominator, so it is never above 100 %.",
         "Without a deployment there is no value; below 10 it is a small sample and has no band.",
         "Beside it stands the Wilson interval of 95 %."), (GUIDE, WILSON), PAGE,
    ),
    Definition(
        "failed-deployment-recovery-time", "Failed deployment recovery time",
        "How long users have to live with a failed deployment.",
        "median of recovery − detection; detection is the end of the failed deployment or the begin of its incident, "
        "recovery the end of the next restore or success there, or the end of the incident",
        ("Failures nothing has ended yet are not dropped: they are counted and the age of the oldest is shown.",
         "Where more than half are open there is no value: the median would be of the easy half."),
        (GUIDE, HISTORY), PAGE,
    ),
    Definition(
        "deployment-rework-rate", "Deployment rework rate",
        "The share of what went out that was unplanned work on what went out before.",
        "(restores + hotfixes + deployments that ended an incident) ÷ (deployments + restores)",
        ("Each counts once. Without any there is no value.",), (GUIDE, HISTORY), PAGE,
    ),
    Definition(
        "promotion-lead-time", "Promotion lead time",
        "How long a version takes from the lowest stage to production.",
        "first successful end in production − first successful end in the lowest stage, of each version of a service",
        ("The lowest stage is the first of Development and Staging that the catalog has.",
         "A version that was never there went directly to production: counted, not timed."), shown=PAGE,
    ),
    Definition(
        "failed-rollout-rate", "Failed rollout rate",
        "The share of finished attempts that failed.", "failed attempts ÷ finished attempts",
        ("Not the change failure rate: what never served hurt no user.",
         "Of delivery it is of production alone, on a score card of every cluster-region."), shown=PAGE,
    ),
))  # fmt: skip

JUDGED = Chapter("judging", "How delivery is judged", (
    Definition(
        "bands-2023", "Bands of 2023",
        "Elite, high, medium and low, by the thresholds of the report of 2023.",
        rules=(
            "Deployment frequency: the median over full weeks of days with a deployment, elite from 5, high from 1; "
            "else medium where the median month has one; else low. Below four full weeks there is no band.",
            "Change lead time: elite below a day, high below 7 days, medium below 30 days, else low.",
            "Recovery time: elite below an hour, high below a day, medium below 7 days, else low.",
            "Change failure rate: elite up to 5 %, high up to 10 %, medium up to 15 %, else low. "
            "Below 10 deployments there is no band.",
            "Rework rate came later: it has no band.",
            "No data is never a band.",
        ), sources=(REPORT_2023,), shown=PAGE,
    ),
    Definition(
        "score-2025", "Score of 2025",
        "Since 2025 there are no bands but scores from 0 to 10, which can be held against the industry.",
        "answer v of 1 to 6: (v − 1) ÷ 5 × 10; a share: 10 − percent ÷ 10; in all: the mean of the five",
        ("Lead and recovery time, v: 1 above six months, 2 above a month, 3 above a week, 4 above a day, 5 above an "
         "hour, 6 below.",
         "Deployment frequency, v: 1 less than once in six months, 2 than once a month, 3 than once a week, 4 than "
         "once a day, 5 than once an hour, 6 more.",
         "In all there is a score only where all five have one.",
         "Industry 2025, mean ± standard deviation: lead time 5.5 ± 2.4, frequency 4.8 ± 2.8, recovery 7.4 ± 2.1, "
         "change failures 8.1 ± 2.1, rework 7.8 ± 2.2 (the last two turned round, so that more is better)."),
        (QUICK_CHECK,), PAGE,
    ),
    Definition(
        "wilson-interval", "Wilson interval",
        "Where a share lies with 95 % confidence, were there more of the same. It stays within 0 and 100 % and is "
        "honest for small samples.",
        "(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n), z = 1.96", sources=(WILSON,), shown=PAGE,
    ),
    Definition(
        "trend", "Trend",
        "This period beside the equally long one just before it.",
        "(now − before) ÷ before",
        ("None where either is of fewer than 10, steady below 5 %.",
         "Better or worse is by the metric's direction of good: more deployments, less of everything else."),
        shown=PAGE,
    ),
    Definition(
        "coverage-grade", "Coverage grade",
        "How much of what the numbers need is known, beside every one of them.",
        "the share of deployments with a commit time, a run of each expected suite, an end and a trigger",
        ("A from 95 %, B from 80 %, C from 50 %, D below.", "Without a deployment there is no grade."), shown=PAGE,
    ),
    Definition(
        "small-sample", "Small sample, no evidence",
        "A number that rests on little is grey, and so is one that is not there: the reason stands beside it. What "
        "nobody reported is never counted as good.",
        shown=PAGE,
    ),
    Definition(
        "percentiles", "Percentiles",
        "Medians and 90th percentiles are by linear interpolation, exact up to 10,000 values. Above that they come "
        "from a sketch, within 1 % of the true value, and say so.",
        shown=(("Analytics", "/analytics"), *PAGE),
    ),
    Definition(
        "buckets", "Days, weeks, months",
        "Days are UTC days, weeks begin on Monday (ISO 8601), months are those of the calendar. Up to 31 days are "
        "shown by the day, up to 120 by the week, more by the month.",
        rules=("A bucket that is not over, or that the period cuts, is marked: it is not comparable.",), shown=PAGE,
    ),
))  # fmt: skip
CHAPTERS = (TERMS, FIVE, JUDGED)
