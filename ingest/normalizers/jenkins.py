"""Jenkins' Notification plugin: one body for each phase of a build, told by `build.phase`. Pure.

The plugin's `timestamp` is the moment of the phase, not of the build's start: STARTED has the start, COMPLETED the
end and FINALIZED what is a little later; the start of a finished build is that less its duration. QUEUED is sent
together with STARTED and says nothing more.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data import keys
from data.catalog_models import Catalog
from data.events import EventType
from data.instants import add
from data.models import Instant, Status, Trigger
from ingest import mapping, schema
from ingest.mapping import Mapped, Named
from ingest.normalizers import parameters, wording
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.jenkins_bodies import Build, Job, Phase, Result, Scm
from ingest.normalizers.jenkins_tests import suite_of
from ingest.normalizers.placing import unplaced

SOURCE = "jenkins"
ENVIRONMENT = ("ENVIRONMENT", "ENV", "DEPLOY_ENV", "STAGE", "TARGET", "NAMESPACE", "REGION")
MOST_CULPRITS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """One delivery, read: the build with its times and what names it."""

    job: Job
    at: Instant
    started_at: Instant
    parameters: Mapping[str, str]
    found: Mapped


def by_shape(body: Any) -> bool:
    """Whether a body is the plugin's."""
    return isinstance(body, dict) and isinstance(body.get("build"), dict) and "phase" in body["build"]


def normalize(letter: Letter) -> Reading:
    """A deployment and, once the build is over, its tests; InvalidRequest names Jenkins' own field."""
    job = schema.read(Job, letter.body)
    run = _run(job, letter.catalog)
    build, found = job.build, run.found
    unmapped = unplaced(found, SOURCE, {"job": job.path})
    if unmapped is not None:
        return unmapped
    if build.phase is Phase.QUEUED:
        return ignore(Ignored.UNFINISHED, "the build waits; STARTED tells when it begins", found.via)
    version = _version(run)
    if version is None:
        what = "names no version: add a parameter VERSION, check out a commit, or give the rule a `version`"
        return ignore(Ignored.UNMAPPED, f"the build {what}", found.via)
    return _statements(run, version, letter.catalog)


def _statements(run: Run, version: str, catalog: Catalog) -> Reading:
    """What a mapped build says: a deployment unless a rule denies it, and its tests once it is over."""
    found, deploys = run.found, run.found.deployment is not False
    of = wording.said(
        clusterId=found.cluster_id,
        serviceId=found.service_id,
        buildVersion=version,
        attemptNumber=_attempt_number(run.job) if deploys else None,
        gitSha=wording.sha(run.job.build.scm.commit if run.job.build.scm else None),
        eventTime=run.at,
    )
    tests, via = _tests(run, of, catalog)
    statements = [Statement(EventType.DEPLOYMENT, of | _deployment(run), via=via)] if deploys else []
    statements += [Statement(EventType.TEST_RESULT, tests, via=via)] if tests else []
    if not statements:
        return ignore(Ignored.BUILD_ONLY, "a rule says that this job deploys nothing, and it brings no tests", via)
    return Reading(tuple(statements))


def _run(job: Job, catalog: Catalog) -> Run:
    build = job.build
    at = wording.from_milliseconds(build.timestamp, "build.timestamp")
    over = build.phase in (Phase.COMPLETED, Phase.FINALIZED)
    started_at = add(at, -(build.duration or 0) / 1000) if over else at
    sent = parameters.read(build.parameters)
    return Run(job, at, started_at, sent, _mapped(job, sent, catalog))


def _mapped(job: Job, sent: Mapping[str, str], catalog: Catalog) -> Mapped:
    """Our ids. An environment counts only where the catalog knows it: any job may have such a parameter."""
    scm = job.build.scm or Scm()
    names = {f"parameter.{name}": value for name, value in sent.items()}
    names |= {"job": job.path, "jobName": job.name, "branch": scm.branch or "", "sha": scm.commit or ""}
    named = Named(
        SOURCE,
        {name: value for name, value in names.items() if wording.plain(value)},
        said_service=parameters.first(sent, parameters.SERVICE),
        said_cluster=parameters.first(sent, parameters.CLUSTER),
        services=(job.path, job.name),
        clusters=parameters.known_clusters((sent[name] for name in ENVIRONMENT if name in sent), catalog),
    )
    return mapping.mapped(catalog, named)


def _version(run: Run) -> str | None:
    if run.found.version is not None:
        return wording.version(run.found.version)
    scm = run.job.build.scm or Scm()
    branch = scm.branch.removeprefix("origin/").removeprefix("tags/") if scm.branch else None
    return parameters.version(run.parameters) or wording.release(branch) or wording.sha(scm.commit)


def _attempt_number(job: Job) -> str:
    """The job and its build number: the same for every phase of a build, another for each build."""
    n = f"{mapping.id_of(job.path)}.{job.build.number}"
    if mapping.id_of(job.path) and keys.ATTEMPT_NUMBER.fullmatch(n):
        return n
    return f"{hashlib.sha256(job.path.encode()).hexdigest()[:16]}.{job.build.number}"


def _deployment(run: Run) -> dict[str, Any]:
    build = run.job.build
    status, cancelled, reason = outcome(build)
    over = status is not Status.IN_PROGRESS
    return wording.said(
        status=status.value,
        startedAt=run.started_at,
        endedAt=run.at if over else None,
        cancelled=cancelled or None,
        failureReason=(wording.prose(build.notes) or reason) if status is Status.FAILED else None,
        trigger=_trigger(run.parameters.get("TRIGGER")),
        actor=_culprits(build.scm),
        runUrl=wording.link(build.full_url),
    )


def outcome(build: Build) -> tuple[Status, bool, str | None]:
    """(status, cancelled, reason). UNSTABLE with failed tests went out: the tests are the gate's matter, not its."""
    if build.phase in (Phase.STARTED, Phase.NONE) or build.status is None:
        return Status.IN_PROGRESS, False, None
    tests = build.test_summary
    failing = f"{tests.failed} of {tests.total} tests failed" if tests and tests.failed else None
    if build.status is Result.SUCCESS or (build.status is Result.UNSTABLE and failing):
        return Status.SUCCESS, False, None
    if build.status in (Result.ABORTED, Result.NOT_BUILT):
        return Status.FAILED, True, f"the build ended as {build.status.value}"
    unstable = "the build is UNSTABLE and names no failed test"
    return Status.FAILED, False, unstable if build.status is Result.UNSTABLE else failing


def _tests(run: Run, of: Mapping[str, Any], catalog: Catalog) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The tests of a build that is over, and how names became ids. COMPLETED leaves them to FINALIZED."""
    build, via = run.job.build, run.found.via
    if build.test_summary is None or build.phase is not Phase.FINALIZED:
        return None, via
    suite, why = suite_of(run.parameters, catalog, run.found.service_id or "")
    if suite is None:
        return None, (*via, why)
    report = f"{build.full_url.rstrip('/')}/testReport/" if build.full_url else None
    payload = wording.said(
        suiteType=suite,
        testRunId=_attempt_number(run.job),
        executedAt=run.at,
        reportUrl=wording.link(report),
    )
    return {**of, **payload, **build.test_summary.counts()}, (*via, why)


def _trigger(word: str | None) -> str | None:
    return word.lower() if word and word.lower() in set(Trigger) else None


def _culprits(scm: Scm | None) -> str | None:
    """Who changed what is built: Jenkins does not say who started it."""
    culprits = (scm.culprits if scm else None) or []
    return wording.plain(", ".join(one for one in culprits[:MOST_CULPRITS] if isinstance(one, str)))
