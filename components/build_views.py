"""One attempt in full: what happened, its gates and runs, what each source said of it, and what surrounds it."""

from collections.abc import Mapping, Sequence

import orjson

from components import states, theme
from components.attempts_table import took
from components.badges import attempt_badge, badge, gate_words, promotion_badge, quiet, verdict_badge
from components.comparison_view import delta
from components.copying import copied, copy_button
from components.links import build_path, cluster_path, commit_url, link, pair_path, safe_link, service_path
from components.panel import facts, number_cell, row, table
from components.tags import Child, Children, Node, el, icon, mono
from components.words import duration, none, number, percent, when
from data.models import Attempt, Build, Claim, Gate, Incident, Promotion, TestRun, Verdict
from data.service_views import GateChange
from data.views import BuildDetail

SHOWN_COMMITS = 20


def headline(detail: BuildDetail, warning: str | None = None) -> Node:
    """What became of the attempt and why, first; `warning`: what is odd about one that still runs."""
    attempt = detail.attempt
    lines: list[Child] = [
        el("Div", attempt_badge(attempt), el("Span", "serving", cls="tag tag-serving") if detail.serving else None)
    ]
    if attempt.failure_reason:
        lines.append(el("P", attempt.failure_reason, cls="failure-reason"))
    if warning:
        lines.append(el("P", icon("exclamation-triangle-fill"), f" {warning}", cls="tone-rollback"))
    if attempt.rollback_to_build:
        lines.append(el("P", "Rolled back to ", link(mono(attempt.rollback_to_build), _pair(attempt))))
    failed = [gate for gate in detail.gates if gate.verdict in (Verdict.FAILED, Verdict.PARTIAL)]
    lines.extend(el("P", gate_words(gate), cls="failure-reason") for gate in failed)
    return el("Div", lines, cls=f"headline headline-{theme.status(attempt.status, attempt.cancelled).tone}")


def fact_list(attempt: Attempt, built_from: Build | None, repository: str = "") -> Node:
    """Who, when, how long, why, from which commit, by which run.

    `repository` is the service's; where its image was built from a commit, the deployment's is of another one.
    """
    changes = "" if built_from else repository
    sha = _commit(attempt.git_sha, "the commit", changes) if attempt.git_sha else none("not given")
    return facts(
        [
            ("Service", link(attempt.service_id, service_path(attempt.service_id))),
            ("Cluster-region", link(attempt.cluster_id, cluster_path(attempt.cluster_id))),
            ("Version", copied(attempt.build_version, "the version")),
            ("Commit", sha),
            ("Started", when(attempt.started_at)),
            ("Ended", when(attempt.ended_at) if attempt.ended_at else none("not finished")),
            ("Took", took(attempt)),
            ("Trigger", theme.TRIGGER[attempt.trigger] + (", hotfix" if attempt.hotfix else "")),
            ("By", attempt.actor or none("not given")),
            ("CI run", safe_link("Open the run", attempt.run_url) or none("no link was sent")),
            ("Source", attempt.source or none("not given")),
            ("Labels", ", ".join(attempt.labels) or None),
            ("Commits", _commits(attempt, changes)),
            ("Image", copied(attempt.image, "the image") if attempt.image else None),
            ("Built from", _built_from(built_from, repository)),
            ("Attempt", copied(attempt.attempt_id, "the attempt id")),
            ("All attempts here", link("this service on this cluster-region", _pair(attempt))),
        ]
    )


def _built_from(build: Build | None, repository: str) -> Children:
    """The change behind the image, where the commit sent with the deployment is that of its configuration."""
    if build is None:
        return None
    committed: Children = [", committed ", when(build.committed_at)] if build.committed_at else None
    return el(
        "Span",
        _commit(build.sha, "the commit the image was built from", repository, build.sha[:12]),
        committed,
        cls="wrap",
    )


def _commit(sha: str, what: str, repository: str, shown: str | None = None) -> Node:
    """A commit to copy, and a link to it where the catalog names the repository."""
    there = safe_link(shown or sha, commit_url(repository, sha), cls="mono")
    return el("Span", there, copy_button(sha, what), cls="copied") if there else copied(sha, what, shown)


def _pair(attempt: Attempt) -> str:
    return pair_path(attempt.cluster_id, attempt.service_id)


def _commits(attempt: Attempt, repository: str) -> Children:
    if not attempt.commits:
        return None
    shown: list[Child] = [
        _commit(commit.sha, f"commit {commit.sha[:7]}", repository, commit.sha[:7])
        for commit in attempt.commits[:SHOWN_COMMITS]
    ]
    more = len(attempt.commits) - SHOWN_COMMITS
    rest = f"and {number(more)} more" if more > 0 else None
    return el("Span", shown, rest, cls="wrap commits")


def gates_table(gates: Sequence[Gate], changes: Mapping[str, GateChange] | None = None) -> Node:
    """The run of each suite that counts; with `changes` also how it differs from what served before."""
    if not gates:
        return states.empty("No suite is expected of this service and none ran.")
    columns = [("Suite", ""), ("Gate", ""), ("Pass rate", "num"), ("Passed", "num"), ("Failed", "num")]
    columns += [("Skipped", "num"), ("Total", "num")]
    columns += [("Against before", "num")] if changes is not None else []
    return table("Gates", columns, [_gate_row(gate, changes) for gate in gates])


def _gate_row(gate: Gate, changes: Mapping[str, GateChange] | None) -> Node:
    counts = (gate.passed, gate.failed, gate.skipped, gate.total)
    against = [] if changes is None else [number_cell(delta(changes[gate.suite]))]
    return row(
        gate.suite.capitalize(), [verdict_badge(gate.verdict), _runs(gate)], number_cell(_pass_rate(gate)),
        *[number_cell(none() if count is None else number(count)) for count in counts], *against,
    )  # fmt: skip


def _runs(gate: Gate) -> Child:
    """That a suite ran more than once, and whether its runs agree; nothing where it is not known."""
    if gate.runs is None or gate.runs < 2:
        return None
    said = ", all the same"
    if gate.turned:
        first = "did not pass" if gate.verdict is Verdict.PASSED else "passed"
        said = f", the first {first}" if gate.runs == 2 else ", not all the same"
    return el("Div", f"{number(gate.runs)} runs{said}", cls="ink-2 small nowrap")


def _pass_rate(gate: Gate | TestRun) -> Child:
    if gate.total is None or gate.passed is None:
        return none("no counts were sent")
    ran = gate.total - (gate.skipped or 0)
    return percent(gate.passed / ran) if ran > 0 else none("no tests ran")


def runs_table(runs: Sequence[TestRun]) -> Node:
    """Every run of every suite, newest first."""
    if not runs:
        return states.empty("No test result was reported for this attempt.")
    columns = [("Suite", ""), ("Result", ""), ("Pass rate", "num"), ("Failed", "num"), ("Total", "num")]
    columns += [("Took", "num"), ("When", ""), ("Report", ""), ("Source", "")]
    return table("Test runs, newest first", columns, [_run_row(run) for run in runs])


def _run_row(run: TestRun) -> Node:
    return row(
        run.suite.capitalize(), verdict_badge(run.verdict), number_cell(_pass_rate(run)),
        number_cell(none() if run.failed is None else number(run.failed)),
        number_cell(none() if run.total is None else number(run.total)),
        number_cell(none("not given") if run.duration_sec is None else duration(run.duration_sec)),
        el("Td", when(run.executed_at), cls="nowrap"),
        safe_link("Report", run.report_url) or none("no link was sent"), run.source or none("not given"),
    )  # fmt: skip


def siblings_table(siblings: Sequence[Attempt]) -> Node:
    """The same version elsewhere, or tried again."""
    if not siblings:
        return states.empty("This version was tried nowhere else.")
    rows = [
        row(
            link(one.cluster_id, build_path(one.attempt_id)), attempt_badge(one),
            el("Td", when(one.started_at), cls="nowrap"), number_cell(took(one)), theme.TRIGGER[one.trigger],
        )
        for one in siblings
    ]  # fmt: skip
    columns = [("Cluster-region", ""), ("Status", ""), ("Started", ""), ("Took", "num"), ("Trigger", "")]
    return table("Other attempts of this version", columns, rows)


def promotion_steps(items: Sequence[Promotion]) -> list[Child]:
    """How this version was promoted, in few words."""
    return [
        el(
            "Li", promotion_badge(one.status), " ", link(one.from_cluster_id, cluster_path(one.from_cluster_id)),
            icon("arrow-right", "between"), link(one.to_cluster_id, cluster_path(one.to_cluster_id)), " ",
            when(one.promoted_at), el("Span", f" by {one.promoted_by}", cls="ink-2") if one.promoted_by else None,
        )
        for one in items
    ]  # fmt: skip


def incident_rows(items: Sequence[Incident]) -> Node:
    """Incidents that name this attempt, or happened on its pair soon after it."""
    rows = [
        row(
            one.title or one.incident_id, el("Td", when(one.started_at), cls="nowrap"),
            when(one.resolved_at) if one.resolved_at else badge(theme.Look("Open", "exclamation-circle", "failed")),
            safe_link("Open", one.url) or none("no link was sent"),
        )
        for one in items
    ]  # fmt: skip
    return table("Incidents", [(name, "") for name in ("Incident", "Began", "Resolved", "Link")], rows)


def claims_table(claims: Sequence[Claim]) -> Node:
    """What each source said and when; words that contradict the newest are marked."""
    bodies = [_body(claim) for claim in claims]
    said = {kind: _contradictions([b for c, b in zip(claims, bodies, strict=True) if c.kind == kind])
            for kind in {claim.kind for claim in claims}}  # fmt: skip
    told = [(claim, _said(body, said[claim.kind])) for claim, body in zip(claims, bodies, strict=True)]
    rows = [_claim_row(*group[0], last=group[-1][0], times=len(group)) for group in _repeated(told)]
    columns = [(name, "") for name in ("Event time", "Source", "Kind", "Said", "Received", "Tied")]
    return table("What each source said", columns, rows)


Told = tuple[Claim, list[Child]]


def _repeated(told: Sequence[Told]) -> list[list[Told]]:
    """What one source says again and again, that a rollout is still under way, is one row."""
    groups: list[list[Told]] = []
    for claim, said in told:
        before = groups[-1][-1] if groups else None
        if before and _speaker(before[0]) == _speaker(claim) and before[1] == said:
            groups[-1].append((claim, said))
        else:
            groups.append([(claim, said)])
    return groups


def _speaker(claim: Claim) -> tuple[str, str, bool]:
    return claim.source, claim.kind, claim.observation


def _claim_row(claim: Claim, said: list[Child], last: Claim, times: int) -> Node:
    again = (
        el("Div", f"{number(times)} times, last ", when(last.event_time), cls="ink-2 small") if times > 1 else None
    )
    return row(
        when(claim.event_time), claim.source or none("not given"), claim.kind, [*said, again],
        el("Td", when(claim.received_at), cls="nowrap"),
        "tied by version and time" if claim.observation else "by id",
    )  # fmt: skip


DECISIVE = ("startedAt", "endedAt", "gitSha", "failureReason", "rollbackToBuild")


def _body(claim: Claim) -> dict[str, object]:
    body = orjson.loads(claim.body)
    return body if isinstance(body, dict) else {}


def _contradictions(bodies: Sequence[dict[str, object]]) -> frozenset[str]:
    """Fields of which sources say different things (a status moves on, that is none)."""
    found = set()
    for name in DECISIVE:
        values = {str(body[name]) for body in bodies if body.get(name) is not None}
        if len(values) > 1:
            found.add(name)
    return frozenset(found)


def _said(body: dict[str, object], contradicted: frozenset[str]) -> list[Child]:
    words = str(body.get("status") or body.get("verdict") or "")
    suite = body.get("suite")
    said: list[Child] = [f"{suite}: {words}" if suite else words]
    for name in sorted(contradicted & body.keys()):
        said.append(el("Div", quiet(CONTRADICTION), f"{name} {body[name]}", cls="contradiction"))
    return said


CONTRADICTION = theme.Look("Contradicted by another source", "exclamation-triangle-fill", "rollback")


def raw_events(claims: Sequence[Claim]) -> Node | None:
    """Every event as it was understood, to unfold."""
    if not claims:
        return None
    inside = el("Div", [_raw(claim) for claim in claims], cls="raw")
    return el(
        "Details", el("Summary", f"Raw events ({number(len(claims))})"), inside, cls="raws", data_key="raw events"
    )


def _raw(claim: Claim) -> Node:
    body = _body(claim)
    if isinstance(failed := body.get("failedTests"), list):  # told in full under their gate
        body = body | {"failedTests": [one.get("name") for one in failed if isinstance(one, dict)]}
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    said = f"{claim.kind} from {claim.source or 'a source that was not given'}, "
    name = el("Span", copied(claim.event_id, "the event id"), copy_button(text, "the event"), cls="raw-name")
    return el(
        "Details", el("Summary", said, when(claim.event_time)), name,
        el("Pre", text, cls="event", tabIndex="0", role="group", aria_label=f"Event {claim.event_id}"),
        data_key=f"{claim.event_id} {claim.digest}",
    )  # fmt: skip
