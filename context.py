"""What the current request stands on: the parts of the running application, and the time.

Pages and API take everything from here, so a test that makes an app with other parts tests the real thing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request

from data import aws
from data.alert_desk import AlertDesk
from data.api_keys import ApiKeys
from data.cursors import Cursors
from data.generation import Generation
from data.instants import from_instant
from data.known import Known
from data.models import Instant, Scope
from data.refresher import ReadModel
from data.shared_answers import SharedAnswers
from data.shared_cache import SharedCache
from data.store import Store
from data.views import Freshness
from ingest.deliveries import Deliveries
from ingest.desk import IntakeDesk
from ingest.known_keys import KnownKeys
from ingest.lab import Lab
from ingest.quarantined import QuarantineDesk
from ingest.verdict_book import Verdicts
from settings import Settings

if TYPE_CHECKING:
    from ingest.queue import Queue
    from ingest.verdicts import Notes

EXTENSION = "dashboard"
INTAKE = "dashboard.intake"
LAB = "dashboard.lab"
ALERTS = "dashboard.alerts"
SHARED = "dashboard.shared"
TOLD = "dashboard.told"


@dataclass(frozen=True, slots=True)
class Parts:
    """What `create_app` was given."""

    settings: Settings
    read_model: ReadModel
    store: Store
    queue: "Queue | None"  # None: no queue is configured, the intake answers 503
    clock: Callable[[], datetime]
    scope: Callable[[], Scope]
    verdicts: "Notes | None" = None  # where verdicts of the intake are kept; None: nowhere


def parts() -> Parts:
    """The parts of the current application."""
    return cast(Parts, current_app.extensions[EXTENSION])


def settings() -> Settings:
    """The settings of this process."""
    return parts().settings


@contextmanager
def looking_back(then: Known) -> Iterator[None]:
    """Within it the request stands on a state of the past: generation, store and time are those of then."""
    g.looking_back = then
    try:
        yield
    finally:
        del g.looking_back


def looked_back_to() -> tuple[Instant | None, Instant | None]:
    """The instant the request looks back to and the one as of which it is known; None: now."""
    then = _then()
    return (then.generation.as_of, then.known_at) if then else (None, None)


def _then() -> Known | None:
    """The state of the past the request stands on; None: the newest."""
    return cast("Known | None", g.get("looking_back"))


def store() -> Store:
    """Bounded reads of the facts."""
    then = _then()
    return parts().store.as_of(then.generation.as_of, then.unheard) if then else parts().store


def queue() -> "Queue | None":
    """The ingest queue; None where none is configured."""
    return parts().queue


def verdicts() -> "Notes | None":
    """Where to note what became of a delivery; None where nobody keeps it."""
    return parts().verdicts


def intake() -> IntakeDesk:
    """How the intake is doing; connected at its first use, so after the fork."""
    extensions = current_app.extensions
    if INTAKE not in extensions:
        extensions.setdefault(INTAKE, _intake(parts()))
    return cast(IntakeDesk, extensions[INTAKE])


def tell(**fields: str | int | list[str] | None) -> None:
    """Have the request's line in the log say this too: ids and words of ours, never what was sent."""
    told = request.environ.setdefault(TOLD, {})
    told.update((name, value) for name, value in fields.items() if value is not None)


def keep_no_view() -> None:
    """What is drawn for this request shall be drawn anew for the next one: it follows from more than a generation."""
    g.keep_no_view = True


def _intake(given: Parts) -> IntakeDesk:
    settings, queue = given.settings, given.queue
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region)
    records, cursors = Deliveries(client, settings.tables), Cursors(settings.cursor_secret)
    quarantine = None
    if queue is not None:
        quarantine = QuarantineDesk(records, queue, cursors, _suites, given.clock)
    verdicts, archive = Verdicts(client, settings.tables, cursors), settings.archive_bucket
    return IntakeDesk(records, verdicts, queue, quarantine, given.clock, archive=archive is not None)


def alerts() -> AlertDesk:
    """What alerts fired; connected at its first use, so after the fork."""
    extensions = current_app.extensions
    if ALERTS not in extensions:
        extensions.setdefault(ALERTS, _alerts(parts()))
    return cast(AlertDesk, extensions[ALERTS])


def _alerts(given: Parts) -> AlertDesk:
    settings = given.settings
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region)
    return AlertDesk(client, settings.tables, Cursors(settings.cursor_secret), given.clock)


def shared_answers() -> SharedAnswers | None:
    """Answers that web processes share; None where no Redis is configured. Connected at its first use."""
    url = parts().settings.redis_url
    if url is None:
        return None
    extensions = current_app.extensions
    if SHARED not in extensions:
        extensions.setdefault(SHARED, _shared(parts().settings, url))
    return cast(SharedAnswers, extensions[SHARED])


def _shared(settings: Settings, url: str) -> SharedAnswers:
    """Answers differ by build, by tables and by how long attempts are kept, and by no other setting."""
    where = (settings.aws_endpoint_url, settings.aws_region, *settings.tables.all())
    deployment = repr((settings.version, settings.retention_days, where))
    return SharedAnswers(SharedCache(url), settings.cursor_secret, deployment)


def lab() -> Lab:
    """Where deliveries are tried out."""
    extensions = current_app.extensions
    if LAB not in extensions:
        extensions.setdefault(LAB, _lab(parts()))
    return cast(Lab, extensions[LAB])


def _lab(given: Parts) -> Lab:
    settings = given.settings
    keys = ApiKeys(aws.dynamodb(settings.aws_endpoint_url, settings.aws_region), settings.tables)
    return Lab(settings.intake_secrets(), KnownKeys(keys.all), given.store, given.clock, settings.retention_days)


def _suites() -> tuple[str, ...]:
    return generation().catalog.suites


def read_model() -> ReadModel:
    """The keeper of generations; only readiness and status ask it, answers take `generation()`."""
    return parts().read_model


def generation() -> Generation:
    """The newest generation, or the one looked back to; take it once a request. Unavailable until one is loaded."""
    then = _then()
    return then.generation if then else parts().read_model.generation


def freshness() -> Freshness:
    """How old the newest generation is. Unavailable until the first one is loaded."""
    return generation().freshness(now())


def scope() -> Scope:
    """What the caller may see."""
    return parts().scope()


def now() -> datetime:
    """The time of what is shown, aware and in UTC: now, or the instant that is looked back to."""
    then = _then()
    return from_instant(then.generation.as_of) if then else parts().clock()
