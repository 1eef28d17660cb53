"""The control plane that a test needs, one for each test module's stack, ended whatever happens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.judges.cluster import Cluster
from tests.judges.control_plane import control_plane
from tests.judges.injection import injection


@pytest.fixture
def new_cluster() -> Iterator[Callable[[], Cluster]]:
    """Starts a fresh control plane for each call, with claims provisioned and containers injected."""
    with ExitStack() as stack:

        def start() -> Cluster:
            plane = stack.enter_context(control_plane())
            stack.enter_context(injection(plane.api, plane.directory))
            cluster = Cluster(api=plane.api)
            stop = threading.Event()
            thread = threading.Thread(target=cluster.provision, args=(stop,), daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
            stack.callback(stop.set)
            return cluster

        yield start
