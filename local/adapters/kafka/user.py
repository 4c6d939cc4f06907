"""KafkaUser: stands in for Strimzi's user operator. SCRAM credentials and ACLs are Kafka's own, which it enforces."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, cast

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from local.adapters.adapter import Outcome, Status, Surroundings
from local.adapters.conditions import condition
from local.adapters.kafka.admin import AdminClients, KafkaAdminError, cluster_of, kafka_of, wait_for
from local.adapters.kafka.folder import KafkaFolder
from local.adapters.ownership import owned_secret
from local.state.files import write_atomically
from local.supervisor.machine import Machine
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref

_RESOURCE_TYPES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "cluster": ResourceType.BROKER,
    "transactionalId": ResourceType.TRANSACTIONAL_ID,
}
_CLUSTER_RESOURCE = "kafka-cluster"
_PATTERN_TYPES = {"literal": ResourcePatternType.LITERAL, "prefix": ResourcePatternType.PREFIXED}
# Kafka's own minimum; Strimzi uses the same.
_ITERATIONS = 4096


class KafkaUserAdapter:
    """Gives each user one password and exactly the rights in its resource."""

    kind = names.KAFKA_USER
    finalizer = "local.telecom.dev/kafka-user"
    calls_engine = True

    def __init__(self, clients: AdminClients) -> None:
        self._clients = clients

    def sync(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> Outcome:
        """Bring credentials and ACLs to what the resource says; the password survives restarts in its Secret."""
        client = self._clients.ready_client(manifest, surroundings, machine)
        if client is None:
            return Outcome({}, is_settled=False)
        password = _password(manifest, surroundings)
        try:
            _set_password(client, manifest, password, machine)
            _set_acls(client, manifest)
        except KafkaAdminError as error:
            failed = condition(manifest, "NotReady", True, "KafkaError", str(error))
            return Outcome(_status(manifest, failed), is_settled=False)
        published = (owned_secret(manifest, _name(manifest), _secret_data(_name(manifest), password)),)
        return Outcome(_status(manifest, condition(manifest, "Ready", True)), published)

    def remove(self, manifest: Manifest, surroundings: Surroundings, machine: Machine) -> bool:
        """Remove the rights and the credentials, unless the Kafka is gone."""
        kafka = kafka_of(manifest, surroundings)
        if kafka is None or kafka["metadata"].get("deletionTimestamp"):
            return True
        client = self._clients.ready_client(manifest, surroundings, machine)
        if client is None:
            return False
        name = _name(manifest)
        wait_for(f"delete the ACLs of {name}", dict(enumerate(client.delete_acls([_all_acls(name)]).values())))
        if _has_password(client, name):
            deletion = UserScramCredentialDeletion(name, ScramMechanism.SCRAM_SHA_512)
            wait_for(f"delete the password of {name}", client.alter_user_scram_credentials([deletion]))
        return True

    def process_names(self, manifest: Manifest, machine: Machine) -> Sequence[str]:
        """None, because a user is not a process."""
        return ()


def wanted_acls(manifest: Manifest) -> set[AclBinding]:
    """ACLs of a KafkaUser, one per operation."""
    acls = (manifest["spec"].get("authorization") or {}).get("acls", [])
    return {_binding(_name(manifest), acl, operation) for acl in acls for operation in acl["operations"]}


def _binding(user: str, acl: dict[str, Any], operation: str) -> AclBinding:
    resource = acl["resource"]
    return AclBinding(
        _RESOURCE_TYPES[resource["type"]],
        resource.get("name", _CLUSTER_RESOURCE),
        _PATTERN_TYPES[resource.get("patternType", "literal")],
        f"User:{user}",
        acl.get("host", "*"),
        _operation(operation),
        AclPermissionType[acl.get("type", "allow").upper()],
    )


def _operation(name: str) -> AclOperation:
    """`DescribeConfigs` -> DESCRIBE_CONFIGS."""
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return AclOperation[words.lstrip("_").upper()]


def _all_acls(user: str) -> AclBindingFilter:
    return AclBindingFilter(
        ResourceType.ANY,
        None,  # type: ignore[arg-type]  # None matches every name
        ResourcePatternType.ANY,
        f"User:{user}",
        None,  # type: ignore[arg-type]  # None matches every host
        AclOperation.ANY,
        AclPermissionType.ANY,
    )


def _set_acls(client: AdminClient, manifest: Manifest) -> None:
    name = _name(manifest)
    found = set(wait_for(f"read the ACLs of {name}", {0: client.describe_acls(_all_acls(name))})[0])
    wanted = wanted_acls(manifest)
    # New rights come first, so that a right which stays is never lost in between.
    if missing := wanted - found:
        wait_for(f"create ACLs of {name}", client.create_acls(sorted(missing)))
    if superfluous := found - wanted:
        filters = [_exactly(acl) for acl in superfluous]
        wait_for(f"delete ACLs of {name}", dict(enumerate(client.delete_acls(filters).values())))


def _exactly(acl: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        acl.restype,
        acl.name,
        acl.resource_pattern_type,
        acl.principal,
        acl.host,
        acl.operation,
        acl.permission_type,
    )


def _set_password(client: AdminClient, manifest: Manifest, password: str, machine: Machine) -> None:
    """Write the credential only if Kafka has none or another password, because every write is a record in its log."""
    name = _name(manifest)
    folder = KafkaFolder(machine, manifest["metadata"]["namespace"], cluster_of(manifest))
    marker = folder.path / "users" / f"{name}.sha256"
    digest = hashlib.sha256(f"{folder.cluster_id()}:{password}".encode()).hexdigest()
    if marker.is_file() and marker.read_text() == digest and _has_password(client, name):
        return
    credential = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS)
    upsertion = UserScramCredentialUpsertion(name, credential, password.encode())
    wait_for(f"set the password of {name}", client.alter_user_scram_credentials([upsertion]))
    write_atomically(marker, digest)


def _has_password(client: AdminClient, name: str) -> bool:
    """One call for all users, because Kafka answers a question about a missing user with an error."""
    everyone = cast("Future[dict[str, Any]]", client.describe_user_scram_credentials())
    described = wait_for("list users", {0: everyone})[0]
    return name in described


def _password(manifest: Manifest, surroundings: Surroundings) -> str:
    found = surroundings.get(Ref(names.SECRET, manifest["metadata"]["namespace"], _name(manifest)))
    if found and "password" in found.get("data", {}):
        return base64.b64decode(found["data"]["password"]).decode()
    return secrets.token_urlsafe(24)


def _secret_data(username: str, password: str) -> dict[str, str]:
    login = "org.apache.kafka.common.security.scram.ScramLoginModule"
    jaas = f'{login} required username="{username}" password="{password}";'
    return {"password": password, "sasl.jaas.config": jaas}


def _name(manifest: Manifest) -> str:
    return str(manifest["metadata"]["name"])


def _status(manifest: Manifest, told: dict[str, Any]) -> Status:
    name = _name(manifest)
    return {
        "conditions": [told],
        "observedGeneration": manifest["metadata"]["generation"],
        "username": name,
        "secret": name,
    }
