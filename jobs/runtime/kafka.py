"""librdkafka configuration from a `KafkaConnection` and the environment."""

from collections.abc import Mapping

from contracts.environment import KAFKA_PASSWORD
from contracts.settings import KafkaConnection

# Of a member of a consumer group. When a member is killed, its partitions wait for as long as the broker holds its
# place; librdkafka's own 45 s are too long for alerts and for the freshness of tables.
GROUP_MEMBERSHIP: Mapping[str, int] = {"session.timeout.ms": 6_000, "heartbeat.interval.ms": 2_000}


class KafkaCredentialsError(Exception):
    """The connection names a user, but the environment holds no password."""


def client_config(connection: KafkaConnection, environ: Mapping[str, str]) -> dict[str, str]:
    """Connection part of a librdkafka configuration: SCRAM-SHA-512 with a username, TLS with a CA file.

    Raises `KafkaCredentialsError` when a username is set and `KAFKA_PASSWORD` is not in `environ`.
    """
    config = {
        "bootstrap.servers": connection.bootstrap_servers,
        "security.protocol": _security_protocol(connection),
    }
    if connection.ca_file is not None:
        config["ssl.ca.location"] = str(connection.ca_file)
    if connection.username is not None:
        config |= _scram(connection.username, environ)
    return config


def _security_protocol(connection: KafkaConnection) -> str:
    transport = "PLAINTEXT" if connection.ca_file is None else "SSL"
    return transport if connection.username is None else f"SASL_{transport}"


def _scram(username: str, environ: Mapping[str, str]) -> dict[str, str]:
    password = environ.get(KAFKA_PASSWORD)
    if not password:
        raise KafkaCredentialsError(
            f"Kafka user {username!r} needs a password, but the environment variable {KAFKA_PASSWORD} is not set. "
            "Set it, or remove `username` from the settings for a broker without authentication."
        )
    return {"sasl.mechanism": "SCRAM-SHA-512", "sasl.username": username, "sasl.password": password}
