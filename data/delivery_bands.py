"""What a delivery metric's value is worth: bands of 2023, scores of 2025, intervals, trends, coverage. Pure.

Sources: the 2023 benchmarks as DevLake codes them (docs/delivery.md), the scores of DORA's quick check of 2025,
the interval of Wilson 1927 at 95 %.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import sqrt
from statistics import median

from data.delivery_views import Band, Change, Grade, MetricId

HOUR, DAY = 3600, 86_400
Z95 = 1.959963984540054
FEW = 10  # below this n a share's band is not to be trusted, and there is no trend
STEADY = 0.05
FULL_WEEKS = 4
ORDER = tuple(Band)
# below the first limit elite, below the second high, below the third medium
TIME_LIMITS = {
    MetricId.LEAD_TIME: (DAY, 7 * DAY, 30 * DAY),
    MetricId.RECOVERY_TIME: (HOUR, DAY, 7 * DAY),
}
FAILURE_LIMITS = (0.05, 0.10, 0.15)  # up to and with
# seconds: less than so long is one answer better in the quick check; a month is 30 days
SCORE_TIMES = (HOUR, DAY, 7 * DAY, 30 * DAY, 180 * DAY)
SCORE_RATES = (1 / 180, 1 / 30, 1 / 7, 1.0, 24.0)  # deployments a day
SHARES = (MetricId.FAILURE_RATE, MetricId.REWORK_RATE)
LESS_IS_BETTER = tuple(metric for metric in MetricId if metric is not MetricId.FREQUENCY)


def band_of_time(metric: MetricId, seconds: float) -> Band:
    """The band of a lead or recovery time."""
    return ORDER[bisect_right(TIME_LIMITS[metric], seconds)]


def band_of_failures(share: float) -> Band:
    """The band of a change failure rate."""
    return ORDER[bisect_left(FAILURE_LIMITS, share)]


def band_of_frequency(weeks: Sequence[int], months: Sequence[int]) -> Band | None:
    """The band of the days on which was deployed, by full week and by month; None below four full weeks."""
    if len(weeks) < FULL_WEEKS:
        return None
    of_week = median(weeks)
    if of_week >= 1:
        return Band.ELITE if of_week >= 5 else Band.HIGH
    return Band.MEDIUM if months and median(months) >= 1 else Band.LOW


def score(metric: MetricId, value: float) -> float:
    """0 to 10, better is more."""
    if metric in SHARES:
        return 10 - value * 10
    if metric is MetricId.FREQUENCY:
        answer = 1 + bisect_right(SCORE_RATES, value)
    else:
        answer = 6 - bisect_right(SCORE_TIMES, value)
    return (answer - 1) / 5 * 10


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Between which shares the true one lies, with 95 % confidence; `whole` above 0."""
    share, square = part / whole, Z95 * Z95
    middle = share + square / (2 * whole)
    spread = Z95 * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    low, high = max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
    return (0.0 if part == 0 else low), (1.0 if part == whole else high)


def change(metric: MetricId, now: float | None, n: int, before: float | None, before_n: int) -> Change:
    """This period beside the one before."""
    if now is None or before is None or n < FEW or before_n < FEW:
        return Change(before, before_n, None, "none", None)
    relative = (now - before) / before if before else None
    if now == before or (relative is not None and abs(relative) < STEADY):
        return Change(before, before_n, 0.0 if relative is None else relative, "steady", None)
    rises = now > before
    return Change(before, before_n, relative, "up" if rises else "down", rises != (metric in LESS_IS_BETTER))


def grade(complete: int, n: int) -> Grade | None:
    """How much is known: the share of deployments that have all the numbers need; None where there are none."""
    if n == 0:
        return None
    share = complete / n
    return next((one for one, least in ((Grade.A, 0.95), (Grade.B, 0.8), (Grade.C, 0.5)) if share >= least), Grade.D)
