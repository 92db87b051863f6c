"""What the stages of a Spinnaker pipeline say of its deployments: where to, and how they ended. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data.models import Status
from ingest.normalizers import wording
from ingest.normalizers.foreign import Foreign, Maybe

ROLLBACKS = frozenset({"undoRolloutManifest", "rollbackCluster", "rollbackServerGroup", "rollback"})
DEPLOYING = ROLLBACKS | {
    "deploy", "deployManifest", "patchManifest", "createServerGroup", "cloneServerGroup",
    "deployCloudrunManifest", "deployCloudFormation", "Aws.LambdaDeploymentStage",
}  # fmt: skip
FAILED = frozenset({"TERMINAL", "FAILED_CONTINUE", "STOPPED", "CANCELED"})
FINAL = FAILED | {"SUCCEEDED", "SKIPPED"}
# Where the status inside is not final, the kind of the event says it.
BY_KIND = {"starting": "RUNNING", "complete": "SUCCEEDED", "failed": "TERMINAL"}


class Stage(Foreign):
    """One stage of a pipeline; those that orca itself puts in have a parent."""

    type: str
    id: Maybe[str] = None
    name: Maybe[str] = None
    status: Maybe[str] = None
    parentStageId: Maybe[str] = None
    context: Maybe[dict[str, Any]] = None

    def said(self, *path: str) -> Any:
        """What its context holds at this path; None where it holds nothing."""
        value: Any = self.context
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


@dataclass(slots=True)
class Target:
    """Where deploying stages deploy to, in Spinnaker's words."""

    account: str = ""
    namespace: str = ""
    stages: list[Stage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the whole pipeline ended (`word`: RUNNING, or a final status), with all its stages."""

    word: str
    stages: Sequence[Stage]
    cancellation: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deployment ended, and what that was judged by."""

    status: Status
    how: str
    cancelled: bool = False
    reason: str | None = None


def ended(status: str, kind: str, stages: Sequence[Stage], cancellation: str | None) -> Ended:
    """How a pipeline ended, by its own status and by the kind of the event that tells of it."""
    word = status if status in FINAL and kind != "starting" else BY_KIND[kind]
    return Ended(word, stages, cancellation)


def deploys(stages: Sequence[Stage]) -> bool:
    """Whether any stage is one that deploys."""
    return any(_deploying(stage) for stage in stages)


def rolls_back(stages: Sequence[Stage]) -> bool:
    """Whether these deploying stages only bring back what was there before."""
    return bool(stages) and all(stage.type in ROLLBACKS for stage in stages)


def targets(stages: Sequence[Stage]) -> list[Target]:
    """Every place the pipeline deploys to, in its order; a single unnamed one where no stage tells."""
    found: dict[tuple[str, str], Target] = {}
    for stage in stages:
        if _deploying(stage):
            account, namespace = _account(stage), _namespace(stage)
            found.setdefault((account, namespace), Target(account, namespace)).stages.append(stage)
    return list(found.values()) or [Target()]


def outcome(execution: Ended, own: Sequence[Stage]) -> Outcome:
    """What became of the deployment that the stages `own` make: all that deploy, or those to one of several places.

    A pipeline that succeeds without having deployed is no success. Only the last place answers for what failed
    beside its own stages: where production was called off, what stands on staging still stands there.
    """
    deploying = [stage for stage in execution.stages if _deploying(stage)]
    if execution.word == "RUNNING":
        return Outcome(Status.IN_PROGRESS, "the pipeline runs")
    failed = next((stage for stage in own if stage.status in FAILED - {"CANCELED"}), None)
    if failed:
        return Outcome(Status.FAILED, f"stage {_name(failed)} failed", reason=_reason(failed))
    went_out = any(stage.status == "SUCCEEDED" for stage in own)
    answers = not deploying or deploying[-1] in own
    if went_out and (not answers or execution.word == "SUCCEEDED"):
        return Outcome(Status.SUCCESS, f"stage {_name(own[0])} succeeded")
    if execution.word in ("CANCELED", "SKIPPED"):
        return _called_off(wording.prose(execution.cancellation) or f"the pipeline was {execution.word.lower()}")
    if execution.word == "SUCCEEDED" and not own:
        return Outcome(Status.SUCCESS, "no stage of a kind that deploys is known: judged by the pipeline's status")
    first = next((stage for stage in execution.stages if stage.status in FAILED), None)
    if execution.word == "SUCCEEDED" or (len(deploying) > len(own) and not went_out):
        return _called_off("the deploying stage did not run" + (f": stage {_name(first)} failed" if first else ""))
    return Outcome(Status.FAILED, "the pipeline failed", reason=_reason(first) if first else None)


def _called_off(reason: str) -> Outcome:
    return Outcome(Status.FAILED, reason, cancelled=True, reason=reason)


def _deploying(stage: Stage) -> bool:
    return stage.type in DEPLOYING and stage.parentStageId is None


def _account(stage: Stage) -> str:
    said = (stage.said("account"), stage.said("credentials"), stage.said("deploy.account.name"))
    return next((text for one in said if (text := wording.plain(one))), "")


def _namespace(stage: Stage) -> str:
    said = (stage.said("namespaceOverride"), stage.said("namespace"), stage.said("location"))
    return next((text for one in said if (text := wording.plain(one))), "")


def _name(stage: Stage) -> str:
    return wording.plain(stage.name, 100) or stage.type[:100]


def _reason(stage: Stage) -> str | None:
    """What the failed stage says went wrong, after its name."""
    errors = stage.said("exception", "details", "errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    said = (first, stage.said("exception", "details", "error"), stage.said("failureMessage"))
    text = next((one for word in said if (one := wording.prose(word, 1800))), None)
    return f"{_name(stage)}: {text}" if text else f"stage {_name(stage)} failed"
