"""Versions by cluster-region: where each was tried, how it went, where it serves; and how far regions are apart."""

from collections.abc import Sequence

from components import theme
from components.copying import copy_button
from components.links import build_path, cluster_path, link
from components.tags import Child, Node, el, hidden, icon, mono
from components.words import counted, since
from data.catalog_models import Cluster
from data.service_views import Skew, Tried, VersionRow

FADES = 3  # steps in which older versions fade


def version_grid(rows: Sequence[VersionRow], clusters: Sequence[Cluster]) -> Node:
    """Newest version on top; what serves is bordered and says so."""
    head: list[Child] = [el("Th", "Version, newest first", scope="col")]
    for one in clusters:
        stage = el("Span", one.type.value, cls="stage-name")
        head.append(el("Th", link(one.name, cluster_path(one.cluster_id)), stage, scope="col"))
    caption = "Versions of this service on its cluster-regions"
    grid = el(
        "Table", el("Caption", caption, cls="visually-hidden"), el("Thead", el("Tr", head)),
        el("Tbody", [_row(one, clusters) for one in rows]), cls="grid versions",
    )  # fmt: skip
    return el("Div", grid, cls="scroller", role="region", tabIndex="0", aria_label=caption)


def _row(row: VersionRow, clusters: Sequence[Cluster]) -> Node:
    place = el("Span", str(row.place), cls="version-place", aria_hidden="true")
    name: list[Child] = [place, mono(row.version), copy_button(row.version, f"version {row.version}")]
    cells = [_cell(row, row.tried.get(one.cluster_id)) for one in clusters]
    return el("Tr", el("Th", el("Span", name, cls="copied"), scope="row"), cells)


def _cell(row: VersionRow, tried: Tried | None) -> Node:
    if tried is None:
        return el("Td", hidden("not tried here"))
    look = theme.status(tried.status, tried.cancelled)
    said: list[Child] = [icon(look.icon), hidden(f"{look.word},"), since(tried.started_at)]
    if tried.serving:
        said.append(el("Span", "serving", cls="version-serving"))
    fade = min((row.place - 1) // 3, FADES)
    cls = f"version-cell tone-{look.tone} fade-{fade}" + (" is-serving" if tried.serving else "")
    return el("Td", link(said, build_path(tried.attempt_id), cls=cls))


def skew_lines(skews: Sequence[Skew], names: dict[str, str], regions: Sequence[str]) -> Node | None:
    """How far the regions of a stage are apart, in words; None where no stage has two."""
    if not regions:
        return None
    lines: list[Child] = [_skew(one, names) for one in skews]
    apart = {one.stage.value for one in skews}
    same = [stage for stage in regions if stage not in apart]
    if same:
        lines.append(
            el("Li", icon("check-circle-fill", "tone-success"), f" {_listed(same)}: the regions serve the same.")
        )
    return el("Ul", lines, cls="plain skews")


def _skew(one: Skew, names: dict[str, str]) -> Node:
    least = "at least " if one.at_least else ""
    return el(
        "Li", icon("exclamation-circle", "tone-rollback"), " ", el("Span", names[one.ahead], cls="strong"),
        f" is {least}{counted(one.steps, 'version')} ahead of ", el("Span", names[one.behind], cls="strong"), ": ",
        mono(one.ahead_version), " and ", mono(one.behind_version),
    )  # fmt: skip


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
