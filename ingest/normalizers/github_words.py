"""What GitHub's events about deployments, runs and jobs have in common. Pure."""

from data.models import Trigger
from ingest.normalizers.contract import Letter
from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.wording import delivery

SOURCE = "github"
# What started a run, where that tells why something is deployed.
TRIGGERS = {
    "push": Trigger.MERGE.value,
    "merge_group": Trigger.MERGE.value,
    "workflow_dispatch": Trigger.MANUAL.value,
}  # fmt: skip


class Repository(Foreign):
    """Where it happened."""

    full_name: str
    name: Maybe[str] = None

    @property
    def called(self) -> tuple[str, ...]:
        """What the catalog may call its service, the whole name first."""
        return (self.full_name, self.name) if self.name else (self.full_name,)


class Person(Foreign):
    """A user or an app."""

    login: Maybe[str] = None


class Workflow(Foreign):
    """The file a run was made from."""

    name: Maybe[str] = None
    path: Maybe[str] = None


class RunBrief(Workflow):
    """What every event that carries a workflow run tells of it."""

    event: Maybe[str] = None
    head_branch: Maybe[str] = None
    display_title: Maybe[str] = None


def delivery_id(letter: Letter) -> str | None:
    """GitHub's id of this delivery; a redelivery carries the same."""
    return delivery(letter.headers, "X-GitHub-Delivery")


def login(person: Person | None) -> str | None:
    """Who, if that is told."""
    return person.login if person else None


def run_names(run: RunBrief | None, workflow: Workflow | None) -> dict[str, str | None]:
    """What rules may match of a run; its own name may be empty, the workflow's then stands in."""
    name, path = (run.name, run.path) if run else (None, None)
    path = path or (workflow.path if workflow else None)
    plain_path = path.partition("@")[0] if path else None
    return {
        "workflowName": name or (workflow.name if workflow else None),
        "workflowPath": plain_path,
        "workflow": plain_path.rpartition("/")[2] if plain_path else None,
        "event": run.event if run else None,
        "title": run.display_title if run else None,
    }


def present(names: dict[str, str | None]) -> dict[str, str]:
    """The names that are told."""
    return {key: value for key, value in names.items() if value}
