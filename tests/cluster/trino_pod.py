"""Trino as a pod, set up by the values that its own chart would be given: the chart itself cannot be had everywhere."""

from typing import Any

import yaml

from charts.tools.helm import PLATFORM_CHART
from images.engine_images import JAVA_HOME, TRINO_HOME, trino_image
from local.services.trino import ACCESS_RULES, RESOURCE_GROUPS, SESSION_PROPERTIES
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.render.workload import USER_ID

VALUES = PLATFORM_CHART / "upstream" / "trino.yaml"
NAME = "trino"
# Chosen before the service is made, so that its certificate names it: no test can resolve names of the cluster. It is
# one of those that are never given to a service that asks for none.
ADDRESS = "10.96.0.12"
HTTP_PORT = 8080
LABELS = {"app.kubernetes.io/name": NAME}
_HOME = "/srv/trino"
_PASSWORDS = "/etc/trino-passwords"
_JVM_FLAGS = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseParallelGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djdk.attach.allowAttachSelf=true",
    "-XX:+EnableDynamicAgentLoading",
    "-Dconfig=etc/config.properties",
    "-Dlog.levels-file=etc/log.properties",
    "-Dcatalog.config-dir=etc/catalog",
)


def trino_objects(namespace: str) -> list[Manifest]:
    """ConfigMap, Service and Deployment: one node that coordinates and works."""
    values = yaml.safe_load(VALUES.read_text())
    files = _files(values)
    ports = [{"name": name, "port": port} for name, port in _ports(values).items()]
    service = {"selector": LABELS, "ports": ports, "clusterIP": ADDRESS}
    return [
        _object("v1", "ConfigMap", namespace, {"data": {_key(file): text for file, text in files.items()}}),
        _object("v1", "Service", namespace, {"spec": service}),
        _object("apps/v1", "Deployment", namespace, {"spec": _deployment(values, files)}),
    ]


def https_port() -> int:
    """Where users log in."""
    port: int = yaml.safe_load(VALUES.read_text())["server"]["config"]["https"]["port"]
    return port


def _files(values: dict[str, Any]) -> dict[str, str]:
    """Files below etc/, as the chart would write them."""
    config = {
        "coordinator": "true",
        "node-scheduler.include-coordinator": "true",
        "http-server.http.port": HTTP_PORT,
        "discovery.uri": f"http://localhost:{HTTP_PORT}",
        "node.environment": "test",
        "plugin.dir": f"/{TRINO_HOME}/plugin",
        "query.max-memory": values["server"]["config"]["query"]["maxMemory"],
        "query.max-memory-per-node": values["coordinator"]["config"]["query"]["maxMemoryPerNode"],
    }
    server, access = values["server"], values["accessControl"]
    https = server["config"]["https"]
    authentication = {
        "http-server.authentication.type": server["config"]["authenticationType"],
        "http-server.https.enabled": "true",
        "http-server.https.port": https["port"],
        "http-server.https.keystore.path": https["keystore"]["path"],
    }
    further = [*values["additionalConfigProperties"], *server["coordinatorExtraConfig"].splitlines()]
    passwords = {
        "password-authenticator.name": "file",
        "file.password-file": f"{_PASSWORDS}/password.db",
        "file.refresh-period": values["auth"]["refreshPeriod"],
    }
    access_control = {
        "access-control.name": "file",
        "security.refresh-period": access["refreshPeriod"],
        "security.config-file": f"etc/{access['configFile']}",
    }
    catalogs = {f"catalog/{name}.properties": text for name, text in values["catalogs"].items() if text}
    return {
        "config.properties": _properties(config | authentication) + "".join(f"{line}\n" for line in further),
        "password-authenticator.properties": _properties(passwords),
        "log.properties": "io.trino=WARN\nio.airlift=WARN\n",
        "access-control.properties": _properties(access_control),
        access["configFile"]: ACCESS_RULES.read_text(),
        **_limits(values),
        **catalogs,
    }


def _limits(values: dict[str, Any]) -> dict[str, str]:
    """How much the jobs and people may take, if the values say that there are such files."""
    groups = {"configuration-manager": "file", "config-file": f"etc/{RESOURCE_GROUPS.name}"}
    files = {
        "resource-groups.properties": _properties({f"resource-groups.{key}": value for key, value in groups.items()}),
        "session-property-config.properties": _properties(
            {
                "session-property-config.configuration-manager": "file",
                "session-property-manager.config-file": f"etc/{SESSION_PROPERTIES.name}",
            }
        ),
    }
    assert values["resourceGroups"] == values["sessionProperties"] == {"type": "configmap"}
    return files | {file.name: file.read_text() for file in (RESOURCE_GROUPS, SESSION_PROPERTIES)}


def _deployment(values: dict[str, Any], files: dict[str, str]) -> dict[str, Any]:
    heap = values["coordinator"]["jvm"]["maxHeapSize"]
    items = [{"key": _key(file), "path": file} for file in files]
    container = {
        "name": NAME,
        "image": trino_image(),
        "imagePullPolicy": "Never",
        "workingDir": _HOME,
        "command": [f"/{JAVA_HOME}/bin/java", f"-Xmx{heap}", *_JVM_FLAGS],
        "args": ["-cp", f"/{TRINO_HOME}/lib/*", "io.trino.server.TrinoServer"],
        "env": values["env"],
        "ports": [{"name": name, "containerPort": port} for name, port in _ports(values).items()],
        # As patient as the chart's: a busy engine that is taken out of its service refuses whoever connects.
        "readinessProbe": {
            "httpGet": {"path": "/v1/info", "port": "http"},
            "periodSeconds": 2,
            "timeoutSeconds": 5,
            "failureThreshold": 30,
        },
        "resources": {"requests": {"cpu": "10m", "memory": values["coordinator"]["resources"]["requests"]["memory"]}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "home", "mountPath": _HOME},
            {"name": "etc", "mountPath": f"{_HOME}/etc"},
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "passwords", "mountPath": _PASSWORDS},
            *({"name": mount["name"], "mountPath": mount["path"]} for mount in values["coordinator"]["secretMounts"]),
        ],
    }
    pod = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER_ID,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "home", "emptyDir": {}},
            {"name": "tmp", "emptyDir": {}},
            {"name": "etc", "configMap": {"name": NAME, "items": items}},
            {"name": "passwords", "secret": {"secretName": values["auth"]["passwordAuthSecret"]}},
            *(
                {"name": mount["name"], "secret": {"secretName": mount["secretName"]}}
                for mount in values["coordinator"]["secretMounts"]
            ),
        ],
    }
    template = {"metadata": {"labels": LABELS}, "spec": pod}
    return {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": template}


def _ports(values: dict[str, Any]) -> dict[str, int]:
    return {"http": HTTP_PORT, "https": values["server"]["config"]["https"]["port"]}


def _object(api_version: str, kind: str, namespace: str, body: dict[str, Any]) -> Manifest:
    metadata = {"name": NAME, "namespace": namespace, "labels": LABELS}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


def _properties(values: dict[str, Any]) -> str:
    return "".join(f"{key}={value}\n" for key, value in values.items())


def _key(file: str) -> str:
    """Keys of a ConfigMap have no slash."""
    return file.replace("/", ".")
