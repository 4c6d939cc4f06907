"""What the command lines share: from settings to a finished run."""

import os
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import structlog
import typer
from pydantic import ValidationError

from contracts.environment import METRICS_PORT
from contracts.settings import ProducerSettings
from jobs.producers.model.population import SubscriberCountError
from jobs.producers.sending.account import Account
from jobs.producers.sending.metrics import ProducerMetrics
from jobs.producers.sending.pace import real_time
from jobs.producers.sending.past import NoPastError
from jobs.producers.sending.period import Period, period_of
from jobs.producers.sending.run import Course, Run, Traffic
from jobs.producers.sending.sender import BrokerUnreachableError, DeliveryFailedError, Sender
from jobs.producers.traffic.records import RecordBatch
from jobs.producers.traffic.ticks import MS_PER_SECOND
from jobs.runtime.health import HealthServer
from jobs.runtime.kafka import KafkaCredentialsError, client_config
from jobs.runtime.logs import configure_logs
from jobs.runtime.radio_network.towers import TowerCountError
from jobs.runtime.settings import SettingsError, load_settings
from jobs.runtime.shutdown import StopSignal

S = TypeVar("S", bound=ProducerSettings)
# Given the time at which a run starts, in milliseconds since 1970, what that run sends.
Plan = Callable[[int], Course]


class StoppedEarlyError(Exception):
    """A run that somebody relies on was stopped before its end."""


# A problem of the user or of the broker: it is reported in one line, without a stack trace.
_TOLD_ERRORS = (
    SettingsError,
    KafkaCredentialsError,
    BrokerUnreachableError,
    DeliveryFailedError,
    TowerCountError,
    SubscriberCountError,
    NoPastError,
    StoppedEarlyError,
)


def settings_of(model: type[S], file: Path | None, defaults: dict[str, object], overrides: dict[str, object]) -> S:
    """Settings of the file, or of `defaults` without one; overrides that are not None win. Raises `SettingsError`."""
    base = defaults if file is None else load_settings(model, file).model_dump()
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return model.model_validate({**base, **given})
    except ValidationError as error:
        raise SettingsError(f"the options are not a valid {model.__name__}: {error}") from error


def produce(component: str, settings: ProducerSettings, plan: Plan, dry_run: int | None) -> bool:
    """Print the first `dry_run` records or, without it, send all of them. False if it was stopped before the end."""
    if dry_run is None:
        return _send_events(component, settings, plan)
    _print_events(plan(now_ms()), dry_run)
    return True


def live(traffic: Traffic, start_ms: int, duration_seconds: float | None) -> Course:
    """Traffic that is sent as it happens, from now on."""
    return Course(traffic, period_of(start_ms, duration_seconds), real_time(start_ms))


def _print_events(course: Course, limit: int) -> None:
    """Write the first `limit` records as they would be sent, one per line."""
    ticks = course.period.ticks(course.traffic.ticks)
    batches = (batch for tick in ticks for batch in course.traffic.tick(tick))
    values = chain.from_iterable(_values(course.period, batch) for batch in batches)
    for value in islice(values, limit):
        sys.stdout.buffer.write(value + b"\n")


def _values(period: Period, batch: RecordBatch) -> list[bytes]:
    first, end = period.rows(batch)
    return batch.values[first:end]


def _send_events(component: str, settings: ProducerSettings, plan: Plan) -> bool:
    """Run a producer with health endpoints and the ledger until it ends or is stopped."""
    configure_logs(component)
    log = structlog.get_logger()
    stop = StopSignal()
    sender = Sender(client_config(settings.kafka, os.environ), ProducerMetrics())
    is_connected = [False]
    with _health_server(lambda: is_connected[0]):
        sender.connect()
        is_connected[0] = True
        start_ms, run_id = now_ms(), uuid.uuid4().hex
        account = Account(component, run_id)
        log.info("started", run_id=run_id, seed=settings.seed, start_ms=start_ms)
        Run(plan(start_ms), sender, account, stop).to_the_end()
        log.info("finished", run_id=run_id, stopped=stop.is_set(), produced=account.produced())
    return not stop.is_set()


def told(program: Callable[[], None]) -> None:
    """Run a command; an expected error becomes one message and exit code 1."""
    try:
        program()
    except _TOLD_ERRORS as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        raise typer.Exit(1) from error


def now_ms() -> int:
    """Wall clock in milliseconds since 1970."""
    return int(time.time() * MS_PER_SECOND)


def _health_server(is_ready: Callable[[], bool]) -> AbstractContextManager[object]:
    port = os.environ.get(METRICS_PORT)
    return nullcontext() if port is None else HealthServer(int(port), is_ready)
