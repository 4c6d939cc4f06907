"""`python -m jobs.fraud_rules_publisher --settings FILE`: one run; it ends when the topic is up to date."""

import os
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer

from contracts.environment import METRICS_PORT
from contracts.fraud_rules.publication import RulesPublisherSettings
from jobs.fraud_rules_publisher.changes import documents_to_publish, newest_documents
from jobs.fraud_rules_publisher.control_topic import ControlTopicError, publish, read_values
from jobs.runtime.health import HealthServer
from jobs.runtime.kafka import KafkaCredentialsError, client_config
from jobs.runtime.logs import configure_logs
from jobs.runtime.named_errors import fatal_in_one_line
from jobs.runtime.patience import Patience, StoppedError
from jobs.runtime.settings import load_settings
from jobs.runtime.shutdown import StopSignal

COMPONENT = "fraud-rules-publisher"
# A run that was stopped has not done its work: the Job must count it as failed.
EXIT_STOPPED = 143

log = structlog.get_logger()


def main(settings: Annotated[Path, typer.Option(help="JSON file of RulesPublisherSettings")]) -> None:
    """Put the rules that differ from those on the control topic there, each with the next version."""
    configure_logs(COMPONENT)
    with fatal_in_one_line(KafkaCredentialsError):
        try:
            _run(load_settings(RulesPublisherSettings, settings))
        except StoppedError:
            log.info("stopped before the rules were published")
            sys.exit(EXIT_STOPPED)


def _run(settings: RulesPublisherSettings) -> None:
    connection = client_config(settings.kafka, os.environ)
    patience = Patience(StopSignal(), (ControlTopicError,))
    with HealthServer(int(os.environ.get(METRICS_PORT, "0")), lambda: True):
        patience.call(lambda: _publish_changes(settings, connection), "publish the rules")


def _publish_changes(settings: RulesPublisherSettings, connection: dict[str, str]) -> None:
    group = settings.kafka.username or COMPONENT
    published = newest_documents(read_values(connection, group, settings.rule_topic))
    documents = documents_to_publish(settings.rules, published)
    if documents:
        publish(connection, settings.rule_topic, documents)
    for document in documents:
        log.info("published", rule=document.rule.value, version=document.version, enabled=document.enabled)
    log.info("the topic is up to date", changed=len(documents))


if __name__ == "__main__":
    typer.run(main)
