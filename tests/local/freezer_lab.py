"""The account freezer as a process over a CRM and topics of a test's own."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg2
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from engines import KafkaEngine, wait_until
from psycopg2.extensions import connection as Connection

from contracts import environment
from contracts.account_freezer_settings import AccountFreezerSettings, FreezePolicy
from contracts.batch_settings import PostgresConnection
from contracts.events import AlertSeverity, FraudAlert, FraudRule
from contracts.topics import dead_letter_topic
from jobs.crm_simulator.database import create_tables, populate
from jobs.runtime.fail_points import ENVIRONMENT_VARIABLE
from local.services.postgres import Postgres
from local.supervisor.machine import base_environment

CUSTOMERS = 12
FIRST_DAY = date(2026, 1, 1)
WAIT_SECONDS = 60.0


def alert_of(event_id: str, msisdn: str, **values: Any) -> FraudAlert:
    now = int(time.time() * 1000)
    sound = {
        "event_id": event_id,
        "event_time_ms": now,
        "schema_version": 1,
        "rule": FraudRule.CALL_VELOCITY,
        "rule_version": 1,
        "msisdn": msisdn,
        "imsi": "310260123456789",
        "severity": AlertSeverity.CRITICAL,
        "score": 95.0,
        "detection_time_ms": now,
        "evidence_event_ids": ["e1"],
    }
    return FraudAlert.model_validate(sound | values)


@dataclass
class Freezer:
    """One process."""

    process: "subprocess.Popen[bytes]"
    port: int
    log_file: Path

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def exit_code(self) -> int:
        return self.process.wait(WAIT_SECONDS)

    def stop(self) -> int:
        self.process.terminate()
        return self.exit_code()


@dataclass
class FreezerLab:
    """Topics, database and settings that all freezers of one test share."""

    kafka: KafkaEngine
    postgres: Postgres
    name: str
    folder: Path
    policy: dict[str, Any] = field(default_factory=dict)
    freezers: list[Freezer] = field(default_factory=list)

    def set_up(self, with_crm: bool = True) -> None:
        for topic in (self.name, dead_letter_topic(self.name), self.action_topic):
            self.kafka.create_topic(topic)
        self.postgres.create_database(self.kafka.cluster.machine, self.name)
        if with_crm:
            self.create_crm()

    def create_crm(self) -> None:
        connection = self.connect()
        create_tables(connection)
        populate(connection, seed=1, customer_count=CUSTOMERS, first_day=FIRST_DAY)
        connection.close()

    def tear_down(self) -> None:
        for freezer in self.freezers:
            if freezer.process.poll() is None:
                freezer.process.kill()
                freezer.process.wait(WAIT_SECONDS)

    @property
    def action_topic(self) -> str:
        return f"{self.name}_actions"

    def settings(self) -> AccountFreezerSettings:
        policy = {
            "min_severity": AlertSeverity.CRITICAL,
            "rules": tuple(FraudRule),
            "allowed_msisdns": (),
            "cooldown_seconds": 3600,
            "false_positive_cooldown_seconds": 86_400,
            "is_dry_run": False,
        } | self.policy
        port = self.postgres.port(self.kafka.cluster.machine)
        return AccountFreezerSettings(
            kafka=self.kafka.connection(),
            database=PostgresConnection(host="127.0.0.1", port=port, database=self.name),
            consumer_group=self.name,
            alert_topic=self.name,
            action_topic=self.action_topic,
            policy=FreezePolicy.model_validate(policy),
        )

    def settings_file(self) -> Path:
        file = self.folder / "settings.json"
        file.write_text(self.settings().model_dump_json())
        return file

    def environ(self) -> dict[str, str]:
        username, password = self.postgres.credentials(self.kafka.cluster.machine, self.name)
        crm = {environment.CRM_USERNAME: username, environment.CRM_PASSWORD: password}
        return {**base_environment(), **self.kafka.environ(), **crm, environment.METRICS_HOST: "127.0.0.1"}

    def start(self, fail_point: str = "") -> Freezer:
        port = self.kafka.cluster.machine.ports.claim(f"{self.name}-freezer-{len(self.freezers)}")
        environ = self.environ() | {environment.METRICS_PORT: str(port)}
        if fail_point:
            environ[ENVIRONMENT_VARIABLE] = fail_point
        log_file = self.folder / f"freezer-{len(self.freezers)}.log"
        command = [sys.executable, "-m", "jobs.account_freezer", "--settings", str(self.settings_file())]
        with log_file.open("wb") as log:
            process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        self.freezers.append(Freezer(process, port, log_file))
        return self.freezers[-1]

    def unfreeze(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the analyst's command."""
        command = [sys.executable, "-m", "jobs.account_freezer.unfreeze", "--settings", str(self.settings_file())]
        return subprocess.run(
            [*command, "--analyst", "ada", *arguments],
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
        )

    def send(self, *records: FraudAlert | bytes) -> None:
        producer = Producer(self.kafka.client_settings())
        for record in records:
            producer.produce(self.name, record if isinstance(record, bytes) else record.model_dump_json().encode())
        assert producer.flush(30) == 0

    def connect(self) -> Connection:
        username, password = self.postgres.credentials(self.kafka.cluster.machine, self.name)
        port = self.postgres.port(self.kafka.cluster.machine)
        return psycopg2.connect(host="127.0.0.1", port=port, dbname=self.name, user=username, password=password)

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def msisdn(self, row: int) -> str:
        return str(self.query("select msisdn from crm.customers order by customer_id limit 1 offset %s", row)[0][0])

    def status(self, msisdn: str) -> str:
        statement = "select status from crm.accounts join crm.customers using (customer_id) where msisdn = %s"
        return str(self.query(statement, msisdn)[0][0])

    def audit(self) -> list[tuple[Any, ...]]:
        """(alert, action, reason) of every row; nothing before the freezer made the audit."""
        if self.query("select to_regclass('crm.account_actions')") == [(None,)]:
            return []
        return self.query("select alert_id, action, reason from crm.account_actions order by sequence_number")

    def read(self, topic: str) -> list[Message]:
        """All records of a topic."""
        reader: Mapping[str, Any] = {"group.id": "reader", "enable.auto.commit": False, "enable.partition.eof": True}
        consumer = Consumer({**self.kafka.client_settings(), **reader})
        consumer.assign([TopicPartition(topic, 0, 0)])
        records: list[Message] = []
        try:
            while True:
                message = consumer.poll(10)
                assert message is not None, f"{topic} does not answer"
                if message.error() is not None:
                    return records
                records.append(message)
        finally:
            consumer.close()

    def events(self) -> list[dict[str, Any]]:
        """Account actions on their topic."""
        return [json.loads(message.value() or b"") for message in self.read(self.action_topic)]

    def acknowledged(self) -> int:
        """Offset that the freezer's group has committed; -1 while the broker has no coordinator for the group yet."""
        consumer = Consumer({**self.kafka.client_settings(), "group.id": self.name})
        try:
            return int(consumer.committed([TopicPartition(self.name, 0)], 20)[0].offset)
        except KafkaException as error:
            if error.args[0].code() in (KafkaError.NOT_COORDINATOR, KafkaError.COORDINATOR_NOT_AVAILABLE):
                return -1
            raise
        finally:
            consumer.close()

    def wait_until_acknowledged(self, offset: int) -> None:
        wait_until(lambda: self.acknowledged() >= offset, f"{offset} alerts are acknowledged", WAIT_SECONDS)
