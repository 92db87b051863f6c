"""How the intake is doing, at a glance: the queue, the dead letters, the workers, the age of what is shown."""

from collections.abc import Sequence

from components import kpi
from components.badges import badge
from components.links import page_path
from components.panel import facts, number_cell, row, table
from components.tags import Child, Children, Node, el, mono
from components.theme import Look
from components.words import counted, duration, none, number, when
from data.models import Instant
from ingest.intake_status import IntakeStatus, WorkerState

PATH = "/ingest"
ALIVE, SILENT = Look("Alive", "check-circle-fill", "success"), Look("Silent", "exclamation-triangle-fill", "failed")
REASONS = {
    "no_queue_configured": "no queue is configured",
    "queue_away": "the queue does not answer",
    "queue_empty": "the queue is empty",
    "no_worker_holds_a_message": "no worker holds a message",
    "tables_away": "the database does not answer",
}


def tiles(status: IntakeStatus) -> list[Node]:
    """Five numbers; each leads to what it counts."""
    depth, queue = status.queue.depth, status.queue
    unknown = none(REASONS.get(queue.reason or "", "not known"))
    deliveries = page_path(PATH, {"view": "deliveries"})
    dead = page_path(PATH, {"view": "dead-letters"})
    workers = page_path(PATH, None, "workers")
    oldest: Child = none(REASONS.get(queue.oldest_reason or "", "not known"))
    if queue.oldest_age_sec is not None:
        oldest = duration(queue.oldest_age_sec)
    return [
        kpi.card("Waiting", number(depth.waiting) if depth else unknown, href=deliveries, note="on the queue"),
        kpi.card("In flight", number(depth.in_flight) if depth else unknown, href=workers, note="held by workers"),
        kpi.card("Dead letters", number(depth.dead) if depth else unknown, href=dead, note=_dead_note(status)),
        kpi.card("Oldest message", oldest, href=workers, note="as far as a worker has seen it"),
        kpi.card("Workers", _alive(status.workers), href=workers, note="alive, of those heard from within a day"),
    ]  # fmt: skip


def _dead_note(status: IntakeStatus) -> str:
    return "set aside, waiting for somebody" if status.queue.depth and status.queue.depth.dead else "set aside"


def _alive(workers: Sequence[WorkerState] | None) -> Child:
    if workers is None:
        return none(REASONS["tables_away"])
    return f"{sum(one.alive for one in workers)} of {len(workers)}"


def workers_table(workers: Sequence[WorkerState]) -> Node:
    """Each worker and what it said last."""
    columns = [("Worker", ""), ("State", ""), ("Last heard from", ""), ("Holds", "num"), ("Messages", "num"),
               ("Events", "num"), ("Set aside", "num")]  # fmt: skip
    return table("Workers", columns, [_worker_row(one) for one in workers])


def _worker_row(worker: WorkerState) -> Node:
    names = ("held", "stored", "events", "refused")
    return row(
        mono(worker.worker_id), [badge(ALIVE if worker.alive else SILENT), _away(worker)],
        el("Td", when(worker.heartbeat_at), cls="nowrap"), *[number_cell(_said(worker, name)) for name in names],
    )  # fmt: skip


def _away(worker: WorkerState) -> Child:
    return " the database does not answer it" if worker.said.get("away") else None


def _said(worker: WorkerState, name: str) -> Child:
    value = worker.said.get(name)
    return number(value) if isinstance(value, int) else none("it did not say")


def shown_facts(status: IntakeStatus, as_of: Instant | None) -> Node:
    """How old the pages' data is, and whether what comes in is archived."""
    archive: Children = "on: every delivery that is taken is kept as it came"
    if not status.archive:
        archive = ["off: set ", mono("ARCHIVE_BUCKET"), " to keep every delivery as it came"]
    return facts([
        ("Pages show the state of", when(as_of) if as_of else none("nothing is loaded yet")),
        ("Archive", archive),
        ("This was looked up", when(status.as_of)),
    ])  # fmt: skip


def silent_workers(workers: Sequence[WorkerState] | None) -> Node | None:
    """A word where nobody works the queue off."""
    if workers is None or any(one.alive for one in workers):
        return None
    said = f"No worker is alive; {counted(len(workers), 'worker')} reported within a day." if workers else (
        "No worker has reported within a day."
    )  # fmt: skip
    return el("P", said, " Deliveries are taken and wait on the queue until one starts.", cls="notice tone-failed")
