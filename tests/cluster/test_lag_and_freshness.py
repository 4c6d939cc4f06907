"""What the sink says of its data, as `kubectl get tp` shows it; the sink is a metrics page at a pod's address."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from fault_proxy import fault_proxy
from operator_process import eventually, operator
from pipelines import apply
from scene import Scene

from operators.telecom_pipeline.render.workload import METRICS_PORT_NUMBER

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("crds")]
# A loopback address of its own, so that the port every sink has is free there.
POD_ADDRESS = "127.77.0.8"


class Sink:
    """A metrics page whose figures the test sets; `readings` counts how often somebody looked."""

    def __init__(self) -> None:
        self.lag, self.freshness, self.readings = 20, 5.0, 0

    def page(self) -> bytes:
        self.readings += 1
        lag = f'telecom_sink_lag_records{{topic="call_events",partition="0"}} {self.lag}'
        return f'{lag}\ntelecom_sink_freshness_seconds{{topic="call_events"}} {self.freshness}\n'.encode()


@contextmanager
def serving(sink: Sink) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(sink.page())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer((POD_ADDRESS, METRICS_PORT_NUMBER), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def create_pod(scene: Scene) -> None:
    """A pod of the sink as its Deployment would make it, with the status that a kubelet would write."""
    template = json.loads(scene.kubectl("get", "deployment", "minimal-kafka-to-bronze", "-o", "json"))["spec"][
        "template"
    ]
    metadata = template["metadata"] | {"name": "minimal-kafka-to-bronze-0", "namespace": scene.namespace}
    apply(scene.control_plane, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]})
    address = {"podIP": POD_ADDRESS, "podIPs": [{"ip": POD_ADDRESS}]}
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], **address}
    patch = json.dumps({"status": status})
    scene.kubectl("patch", "pod", metadata["name"], "--subresource=status", "--type=merge", "-p", patch)


def columns(scene: Scene) -> dict[str, str]:
    header, row = scene.kubectl("get", "tp", "minimal").splitlines()
    return dict(zip(header.split(), row.split(), strict=False))


@pytest.mark.usefixtures("upstream")
def test_lag_and_freshness_are_shown_judged_and_cost_no_write_while_they_swing(scene: Scene, tmp_path: Path) -> None:
    sink = Sink()
    with (
        serving(sink),
        fault_proxy(scene.control_plane.kubeconfig, tmp_path) as (kubeconfig, calls),
        operator(kubeconfig, tmp_path, namespace=scene.namespace, figures_seconds="1"),
    ):
        scene.apply(spec__monitoring={"lagLimitRecords": 5000, "freshnessLimitSeconds": 30})
        scene.wait_ready()
        assert scene.condition("LagBounded") == "Unknown"
        create_pod(scene)
        eventually(lambda: columns(scene).get("LAG") == "<1k", what="the column Lag")
        assert list(columns(scene)) == ["NAME", "READY", "STAGE", "LAG", "FRESHNESS", "AGE"]
        assert columns(scene)["FRESHNESS"] == "<1m"
        assert (scene.condition("LagBounded"), scene.condition("BronzeFresh")) == ("True", "True")

        calls.wait_until_quiet()
        status, changes, readings = scene.status(), calls.changes(), sink.readings
        sink.lag, sink.freshness = 700, 25.0
        eventually(lambda: sink.readings > readings + 3, what="further readings")
        assert scene.status() == status
        assert calls.changes() == changes

        sink.lag, sink.freshness = 7000, 70.0
        eventually(lambda: scene.condition("LagBounded") == "False", what="LagBounded ending")
        assert scene.condition("BronzeFresh") == "False"
        assert columns(scene) | {"NAME": "", "AGE": "", "STAGE": ""} == {
            "NAME": "",
            "READY": "True",
            "STAGE": "",
            "LAG": "<10k",
            "FRESHNESS": "<5m",
            "AGE": "",
        }
        scene.wait_until_told(reason="NotLagBounded")
        sink.lag, sink.freshness = 10, 1.0
        eventually(lambda: scene.condition("LagBounded") == "True", what="LagBounded holding again")
