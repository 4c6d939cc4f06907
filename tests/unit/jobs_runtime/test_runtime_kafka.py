from pathlib import Path

import pytest

from contracts.settings import KafkaConnection
from jobs.runtime.kafka import KafkaCredentialsError, client_config


def test_a_bare_connection_is_plaintext() -> None:
    assert client_config(KafkaConnection(bootstrap_servers="broker:9092"), {"KAFKA_PASSWORD": "unused"}) == {
        "bootstrap.servers": "broker:9092",
        "security.protocol": "PLAINTEXT",
    }


def test_a_username_means_scram_sha_512() -> None:
    config = client_config(KafkaConnection(bootstrap_servers="b:1", username="u"), {"KAFKA_PASSWORD": "secret"})
    assert config["security.protocol"] == "SASL_PLAINTEXT"
    assert config["sasl.mechanism"] == "SCRAM-SHA-512"
    assert (config["sasl.username"], config["sasl.password"]) == ("u", "secret")


def test_a_ca_file_means_tls() -> None:
    connection = KafkaConnection(bootstrap_servers="b:1", ca_file=Path("/ca.crt"))
    assert client_config(connection, {})["security.protocol"] == "SSL"
    assert client_config(connection, {})["ssl.ca.location"] == "/ca.crt"


def test_both_mean_scram_over_tls() -> None:
    connection = KafkaConnection(bootstrap_servers="b:1", username="u", ca_file=Path("/ca.crt"))
    assert client_config(connection, {"KAFKA_PASSWORD": "p"})["security.protocol"] == "SASL_SSL"


def test_a_username_without_password_says_which_variable_to_set() -> None:
    with pytest.raises(KafkaCredentialsError, match="KAFKA_PASSWORD"):
        client_config(KafkaConnection(bootstrap_servers="b:1", username="u"), {})
