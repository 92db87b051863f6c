"""Why a sender's names lead nowhere, in sentences that say which rule to add. Pure."""

from collections.abc import Mapping

from ingest.mapping import Mapped
from ingest.normalizers import wording
from ingest.normalizers.contract import Ignored, Reading, ignore


def unplaced(found: Mapped, source: str, names: Mapping[str, str | None]) -> Reading | None:
    """The answer where a rule ignores these names, or nothing gives service or cluster; None where both are known.

    `names` are those worth matching in a rule.
    """
    if found.ignored_by is not None:
        return ignore(Ignored.RULE, f"the mapping rule “{found.ignored_by}” says so", found.via)
    ids = {"service": found.service_id, "cluster": found.cluster_id}
    missing = [what for what, own_id in ids.items() if own_id is None]
    if not missing:
        return None
    gives = ", ".join(f"{what}: …" for what in missing)
    said = f"nothing names the {' and the '.join(missing)}: add the rule {{{_when(source, names)}, {gives}}}"
    return ignore(Ignored.UNMAPPED, said, found.via)


def no_deployment(found: Mapped, what: str, source: str, names: Mapping[str, str | None]) -> Reading:
    """The answer where only a rule could make this a deployment, and none does."""
    if found.ignored_by is not None:
        return ignore(Ignored.RULE, f"the mapping rule “{found.ignored_by}” says so", found.via)
    if found.deployment is False:
        return ignore(Ignored.RULE, f"a mapping rule says that this {what} is no deployment", found.via)
    ids = {"service": found.service_id, "cluster": found.cluster_id}
    gives = "".join(f"{one}: …, " for one, own_id in ids.items() if own_id is None)
    rule = f"{{{_when(source, names)}, {gives}deployment: true}}"
    return ignore(Ignored.UNMAPPED, f"no mapping rule makes this {what} a deployment: add the rule {rule}", found.via)


def _when(source: str, names: Mapping[str, str | None]) -> str:
    told = ((key, wording.plain(value, 100)) for key, value in names.items())
    return f"name: …, source: {source}, when: {{{', '.join(f'{key}: {value}' for key, value in told if value)}}}"
