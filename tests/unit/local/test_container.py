"""A pod template becomes the process that does the same."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.adapters.adapter import ManifestError
from local.adapters.workloads.container import PodPlace, container_process
from local.adapters.workloads.images import LocalImage, image_for
from local.adapters.workloads.mount_paths import MountPaths
from local.supervisor.spec import HttpProbe, ProcessSpec

IMAGE = LocalImage(Path("/repository"), {"python": "/env/python"}, {"PYTHONPATH": "/repository"})


def container(**fields: Any) -> dict[str, Any]:
    return {"name": "c", "image": "registry/producers:1", "command": ["python", "-m", "job"], **fields}


def process(
    *containers: dict[str, Any],
    volumes: Mapping[str, str] | None = None,
    ports: Mapping[str, int] | None = None,
    keys: Mapping[tuple[str, str, str], str] | None = None,
    image: LocalImage = IMAGE,
    **pod: Any,
) -> ProcessSpec:
    place = PodPlace(
        "pod-0",
        "n",
        Path("pod.log"),
        {name: Path(folder) for name, folder in (volumes or {}).items()},
        dict(ports or {}),
        Path("/pods/pod-0/termination-log"),
    )

    def read_key(kind: str, name: str, key: str, is_optional: bool) -> str | None:
        return (keys or {}).get((kind, name, key))

    return container_process(
        {"spec": {"containers": list(containers), **pod}}, place, lambda _: image, read_key, {"PATH": "/bin"}
    )


def test_last_words_go_to_a_file_beside_the_volumes() -> None:
    arguments = ["--report", "/dev/termination-log"]
    assert process(container(args=arguments)).argv[-1] == "/pods/pod-0/termination-log"
    elsewhere = container(args=["--report", "/last"], terminationMessagePath="/last")
    assert process(elsewhere).argv[-1] == "/pods/pod-0/termination-log"


def test_the_command_is_the_containers_own_with_the_images_programs() -> None:
    assert process(container(args=["--x", "1"])).argv == ("/env/python", "-m", "job", "--x", "1")


def test_mount_paths_in_arguments_become_folders() -> None:
    mounted = container(
        args=["--settings", "/etc/telecom/settings.json", "--scratch=/tmp", "/etc/telecommunication", "/var/tmp"],
        volumeMounts=[
            {"name": "settings", "mountPath": "/etc/telecom"},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    )
    spec = process(mounted, volumes={"settings": "/tmp/state/settings", "tmp": "/tmp/state/scratch"})
    assert spec.argv[3:] == (
        "--settings",
        "/tmp/state/settings/settings.json",
        "--scratch=/tmp/state/scratch",
        "/etc/telecommunication",
        "/var/tmp",
    )
    assert spec.environment["TMPDIR"] == "/tmp/state/scratch"


def test_a_checkout_below_a_mount_path_keeps_its_own_paths() -> None:
    scratch = {"name": "tmp", "mountPath": "/tmp"}
    image = LocalImage(Path("/tmp/clone"), {"python": "/tmp/clone/.venv/bin/python"}, {})
    mounted = container(args=["$(SCRATCH)/x"], env=[{"name": "SCRATCH", "value": "/tmp"}], volumeMounts=[scratch])
    spec = process(mounted, volumes={"tmp": "/tmp/clone/.telecom/scratch"}, image=image)
    assert spec.argv[0] == "/tmp/clone/.venv/bin/python"
    assert spec.argv[3] == "/tmp/clone/.telecom/scratch/x"


def test_a_sub_path_is_a_file_of_its_volume() -> None:
    mounted = container(
        args=["/etc/one.json"], volumeMounts=[{"name": "v", "mountPath": "/etc/one.json", "subPath": "a.json"}]
    )
    assert process(mounted, volumes={"v": "/state/v"}).argv[-1] == "/state/v/a.json"


def test_mount_paths_in_settings_files_become_folders() -> None:
    mounts = MountPaths({"/etc/kafka-ca": Path("/state/ca")})
    assert mounts.replace('{"ca_file":"/etc/kafka-ca/ca.crt"}') == '{"ca_file":"/state/ca/ca.crt"}'


def test_variables_come_from_values_secrets_and_config_maps() -> None:
    env = [
        {"name": "PLAIN", "value": "1"},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "HOST", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "h"}}},
        {"name": "URL", "value": "http://$(HOST)/$(UNKNOWN)"},
        {"name": "NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "ABSENT", "valueFrom": {"secretKeyRef": {"name": "s", "key": "none", "optional": True}}},
    ]
    keys = {("Secret", "s", "k"): "hidden", ("ConfigMap", "m", "h"): "there"}
    environment = process(container(env=env), keys=keys).environment
    assert environment["PLAIN"] == "1"
    assert environment["PASSWORD"] == "hidden"
    assert environment["URL"] == "http://there/$(UNKNOWN)"
    assert environment["NAMESPACE"] == "n"
    assert "ABSENT" not in environment
    assert (environment["PATH"], environment["PYTHONPATH"]) == ("/bin", "/repository")


def test_a_secret_is_in_no_argument_and_not_in_the_printed_specification() -> None:
    env = [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    spec = process(container(env=env), keys={("Secret", "s", "k"): "hidden"})
    assert "hidden" not in repr(spec)


def test_a_named_port_becomes_a_free_port_and_a_variable() -> None:
    served = container(
        env=[{"name": "METRICS_PORT", "value": "8080"}],
        ports=[{"name": "metrics", "containerPort": 8080}],
        readinessProbe={"httpGet": {"path": "/ready", "port": "metrics"}},
        livenessProbe={"httpGet": {"path": "/live", "port": 8080}},
    )
    spec = process(served, ports={"metrics": 23456})
    assert spec.environment["METRICS_PORT"] == "23456"
    assert spec.environment["METRICS_HOST"] == "127.0.0.1"
    assert (spec.readiness, spec.liveness) == (HttpProbe(23456, "/ready"), HttpProbe(23456, "/live"))


def test_liveness_counts_only_after_the_startup_probes_time() -> None:
    startup = {"httpGet": {"path": "/live", "port": "metrics"}, "periodSeconds": 2, "failureThreshold": 60}
    served = container(ports=[{"name": "metrics", "containerPort": 1}], startupProbe=startup)
    assert process(served, ports={"metrics": 2}).liveness_delay_seconds == 120


def test_a_changed_template_is_another_process_and_a_changed_secret_is_not() -> None:
    env = [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    before = process(container(env=env), keys={("Secret", "s", "k"): "1"})
    other_secret = process(container(env=env), keys={("Secret", "s", "k"): "2"})
    other_args = process(container(env=env, args=["x"]), keys={("Secret", "s", "k"): "1"})
    assert before.identity == other_secret.identity != other_args.identity


def test_the_grace_period_is_the_pods() -> None:
    assert process(container(), terminationGracePeriodSeconds=7).stop_grace_seconds == 7


@pytest.mark.parametrize(
    ("containers", "message"),
    [
        ((container(), container(name="d")), "several containers: c, d"),
        ((container(command=[]),), "it has no command"),
        ((container(readinessProbe={"httpGet": {"path": "/", "port": "nope"}}),), "port nope is not among"),
        ((container(env=[{"name": "X", "valueFrom": {"resourceFieldRef": {}}}]),), "is meaningless here"),
    ],
)
def test_what_cannot_run_here_is_refused_with_the_reason(containers: tuple[dict[str, Any], ...], message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        process(*containers)


def test_an_image_of_ours_is_this_environment_and_any_other_is_refused() -> None:
    assert image_for("localhost/telecom-lakehouse/kafka-to-bronze:0.1.0").programs["python"] == sys.executable
    with pytest.raises(ManifestError, match="only images of this project"):
        image_for("docker.io/library/postgres:18")
