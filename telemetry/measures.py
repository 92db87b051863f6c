"""Every measure there is, by name: what dashboards, alarm rules and docs/observability.md may speak of.

A label's values are bounded: route templates and never paths, known sources and never what strangers call themselves.
"""

from telemetry.measuring import Counter, Gauge, Histogram

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
CALLS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 20.0)
ROUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
LAGS = (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)

PROBES = frozenset({"/healthz", "/readyz"})  # asked every few seconds, and by no visitor

HTTP_REQUESTS = Counter(
    "dashboard_http_requests_total", "Requests answered, by the route's template (other: no route).",
    "method", "route", "status",
)  # fmt: skip
HTTP_SECONDS = Histogram(
    "dashboard_http_request_seconds", "Seconds from a request's arrival to its answer.",
    "method", "route", buckets=QUICK,
)  # fmt: skip

DELIVERIES = Counter(
    "dashboard_deliveries_total", "Deliveries judged, by source (other: not known) and what became of them.",
    "source", "verdict",
)  # fmt: skip
DELIVERY_LAG = Histogram(
    "dashboard_delivery_lag_seconds", "Seconds from a delivery's arrival to its being stored.", buckets=LAGS
)

MODEL_CONFIRMED = Gauge(
    "dashboard_read_model_confirmed_timestamp_seconds",
    "Unix time as of which the read model is right; of several processes the oldest.", of_processes="livemin",
)  # fmt: skip
MODEL_GENERATION = Gauge(
    "dashboard_read_model_generation", "The read model's generation; of several processes the oldest.",
    of_processes="livemin",
)  # fmt: skip
MODEL_SECONDS = Histogram(
    "dashboard_read_model_refresh_seconds", "Seconds a load or refresh of the read model took.",
    "kind", buckets=ROUNDS,
)  # fmt: skip
MODEL_FAILURES = Counter("dashboard_read_model_failures_total", "Loads and refreshes of the read model that failed.")

ROUND_SECONDS = Histogram(
    "dashboard_worker_round_seconds", "Seconds a round of the worker took to store its messages.", buckets=ROUNDS
)
WORKER_MESSAGES = Counter(
    "dashboard_worker_messages_total", "Messages by what came of them in a round: stored, quarantined, postponed.",
    "outcome",
)  # fmt: skip
WORKER_EVENTS = Counter("dashboard_worker_events_total", "Events stored.")
WORKER_HELD = Gauge("dashboard_worker_held_messages", "Messages the worker holds at the moment.")
WORKER_OLDEST = Gauge(
    "dashboard_worker_oldest_held_seconds", "Seconds since the oldest held message was sent; 0 where none is held."
)
WORKER_LOOP_AGE = Gauge("dashboard_worker_loop_age_seconds", "Seconds since the worker's loop last came round.")
WORKER_AWAY = Gauge("dashboard_worker_stores_away", "1 while a place the worker stores in is away, else 0.")
QUEUE_MESSAGES = Gauge(
    "dashboard_queue_messages", "Messages as the queue counts them, approximately: queue ingest or dlq.",
    "queue", "state",
)  # fmt: skip

AWS_SECONDS = Histogram(
    "dashboard_aws_call_seconds", "Seconds a call to AWS took, its retries included.",
    "service", "operation", buckets=CALLS,
)  # fmt: skip
AWS_CALLS = Counter(
    "dashboard_aws_calls_total",
    "Calls to AWS by outcome: ok, refused (4xx, a failed condition too), failed (5xx, throttled, no answer).",
    "service", "operation", "outcome",
)  # fmt: skip
AWS_THROTTLES = Counter(
    "dashboard_aws_throttles_total", "Answers of AWS that said too fast, those included that a retry made good.",
    "service", "operation",
)  # fmt: skip

ALERTS = Counter("dashboard_alerts_total", "Alerts posted to a channel, delivered or failed.", "channel", "outcome")
CACHE = Counter(
    "dashboard_cache_requests_total", "Answers by what Redis had: hit, stale, miss; error: a call or value failed.",
    "result",
)  # fmt: skip
