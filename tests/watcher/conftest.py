"""A served Kubernetes API, and the watcher's client of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watcher.api import Api, serving
from watcher.cluster import Cluster, connected


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Api, Path]]:
    """An empty API and its kubeconfig."""
    with serving(tmp_path) as found:
        yield found


@pytest.fixture
def api(served: tuple[Api, Path]) -> Api:
    """An empty API."""
    return served[0]


@pytest.fixture
def cluster(served: tuple[Api, Path]) -> Cluster:
    """The client of it."""
    return connected(served[1])
