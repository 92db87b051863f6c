"""The parameters of a Jenkins job or a Spinnaker pipeline: by which names they say our ids. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.catalog_models import Catalog
from ingest.normalizers import wording

CLUSTER = ("CLUSTER", "CLUSTER_ID")
SERVICE = ("SERVICE", "SERVICE_ID")
VERSION = ("VERSION", "BUILD_VERSION", "TAG", "IMAGE_TAG", "RELEASE")


def read(sent: Mapping[str, Any] | None) -> dict[str, str]:
    """Those that hold a text, a number or a flag, by their names in upper case."""
    values = (
        (name.upper(), wording.plain(str(value) if isinstance(value, (int, float)) else value))
        for name, value in (sent or {}).items()
    )
    return {name: value for name, value in values if value}


def first(parameters: Mapping[str, str], names: Iterable[str]) -> str | None:
    """The first of these that is said."""
    return next((parameters[name] for name in names if name in parameters), None)


def version(parameters: Mapping[str, str]) -> str | None:
    """The first that names one build: not a moving word, nor what cannot be a version."""
    sent = (wording.version(parameters.get(name)) for name in VERSION)
    return next((one for one in sent if one), None)


def known_clusters(candidates: Iterable[str], catalog: Catalog) -> Sequence[str]:
    """Those that the catalog knows as clusters: no other word of a parameter or an account may become one."""
    known = {name.lower() for one in catalog.clusters for name in (one.cluster_id, *one.sender_names)}
    return [name for name in candidates if name.lower() in known]
