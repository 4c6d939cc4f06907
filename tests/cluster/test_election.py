"""Two operators on one API server: one works at a time, and the other takes over."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from api_servers import api_server

from local.kubernetes.control_plane import ControlPlane
from operators.telecom_pipeline.clusters.rest import ApiServer
from operators.telecom_pipeline.controller.election import Election

pytestmark = pytest.mark.engine


@pytest.fixture
def server(control_plane: ControlPlane) -> Iterator[ApiServer]:
    running = api_server(control_plane.kubeconfig)
    yield running
    running.close()


def test_only_one_of_two_candidates_is_elected(server: ApiServer, namespace: str) -> None:
    first, second = (Election(server, namespace, "leader", name) for name in ("a", "b"))
    assert first.try_once()
    assert not second.try_once()
    assert first.try_once()


def test_a_leader_that_stops_hands_over_at_once(server: ApiServer, namespace: str) -> None:
    first, second = (Election(server, namespace, "leader", name) for name in ("a", "b"))
    assert first.try_once()
    stop = Event()
    holder = Thread(target=first.hold, args=(stop,))
    holder.start()
    stop.set()
    holder.join()
    assert second.try_once()
