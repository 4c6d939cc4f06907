"""The supervisor: compares what should run with what runs, one step per tick."""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog

from local.state.paths import StateDirectory
from local.supervisor import logs
from local.supervisor.decision import Action, Observation, decide
from local.supervisor.ports import PortBook, describe_holder, is_free
from local.supervisor.probes import ProbeRunner
from local.supervisor.processes import Processes, StartError
from local.supervisor.record import RUNNING, Phase, Record, forget, load_all, save
from local.supervisor.spec import ProcessSpec

log = structlog.get_logger()
_LOG_CHECK_SECONDS = 30.0


class Supervisor:
    """Processes of one state directory. Only one instance at a time may tick.

    Level-triggered: `ensure` and `remove` say what should run, `tick` takes the next step for each process.
    """

    def __init__(self, state: StateDirectory, ports: PortBook, clock: Callable[[], float] = time.time) -> None:
        self._state = state
        self._ports = ports
        self._clock = clock
        self._specs: dict[str, ProcessSpec] = {}
        # Left by an earlier supervisor and neither ensured nor removed yet, so left alone.
        self._records: dict[str, Record] = load_all(state.run)
        self._unclaimed = set(self._records)
        self._processes = Processes(state.run, scope=str(state.root))
        self._probes = ProbeRunner()
        self._logs_checked_at = 0.0
        for record in list(self._records.values()):
            self._find_again(record)

    def ensure(self, spec: ProcessSpec) -> Record:
        """Keep a process running as specified; returns what is known about it."""
        self._specs[spec.name] = spec
        self._unclaimed.discard(spec.name)
        return self._records.setdefault(spec.name, Record(spec.name))

    def remove(self, name: str) -> bool:
        """Stop a process and forget it; True once it is gone."""
        self._specs.pop(name, None)
        self._unclaimed.discard(name)
        return name not in self._records

    def remove_in_order(self, names: Iterable[str]) -> bool:
        """Stop processes rank by rank, smallest first; True once all are gone. Call it again until then."""
        records = [record for name in names if (record := self._records.get(name))]
        ranks = sorted({record.stop_rank for record in records})
        return all(all([self.remove(record.name) for record in records if record.stop_rank == rank]) for rank in ranks)

    def record(self, name: str) -> Record | None:
        """What is known about a process."""
        return self._records.get(name)

    def records(self) -> list[Record]:
        """All processes, ordered by name."""
        return [self._records[name] for name in sorted(self._records)]

    def command_pid(self, name: str) -> int | None:
        """Process id of the command, when it runs."""
        record = self._records.get(name)
        return self._processes.command_pid(record) if record else None

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove every process that is not named, those of an earlier supervisor included."""
        for name in set(self._records) - set(names):
            self.remove(name)

    def tick(self) -> bool:
        """Take one step for every process; True if the state of any has changed."""
        before = dict(self._records)
        for name in list(self._records):
            if name not in self._unclaimed:
                self._advance(self._records[name])
        self._bound_logs()
        return before != self._records

    @property
    def is_moving(self) -> bool:
        """Whether a process is starting or stopping right now, so that the next tick should come soon."""
        return any(_is_moving(record) for record in self._records.values())

    def stop_all(self, poll_seconds: float = 0.05) -> None:
        """Stop every process, rank by rank, and forget them. Bounded by the ranks' longest grace periods."""
        while not self.remove_in_order(list(self._records)):
            self.tick()
            time.sleep(poll_seconds)

    def close(self) -> None:
        """Let go of the processes, which keep running until the next supervisor finds them."""
        self._probes.close()
        self._processes.release()

    def _advance(self, record: Record) -> None:
        spec = self._specs.get(record.name)
        seen = self._observe(record, spec)
        after, action = decide(record, spec, seen, self._clock())
        if action is Action.START and spec is not None:
            after = self._start(spec, after)
        elif action is Action.TERMINATE:
            after = replace(after, is_told_to_stop=self._processes.terminate(after))
        elif action is Action.KILL:
            self._processes.kill(after)
        elif action is Action.FORGET:
            self._forget(record)
            return
        self._remember(record, after)

    def _observe(self, record: Record, spec: ProcessSpec | None) -> Observation:
        if not self._processes.is_alive(record):
            if record.pid is not None:
                self._sweep(record)
            conflict = self._port_conflict(record, spec) if spec else None
            return Observation(False, self._processes.exit_code(record), port_conflict=conflict)
        if spec is None or record.phase is Phase.STOPPING:
            return Observation(True)
        starting = record.phase is Phase.STARTING
        ready = self._probes.answer((record.name, "ready"), spec.readiness, starting) if spec.readiness else True
        healthy = None
        is_young = starting and self._clock() - record.started_at < spec.liveness_delay_seconds
        if spec.liveness and not is_young:
            healthy = self._probes.answer((record.name, "live"), spec.liveness, False)
        return Observation(True, ready=ready, healthy=healthy)

    def _sweep(self, record: Record) -> None:
        """Once its leader is gone, the rest of a start must not run beside the next one."""
        self._processes.kill(record)
        self._probes.forget(record.name)

    def _port_conflict(self, record: Record, spec: ProcessSpec) -> str | None:
        if record.phase in RUNNING or self._clock() < record.retry_at:
            return None
        for port in spec.ports:
            if not is_free(port):
                holder = describe_holder(port)
                if self._ports.give_up_unused(port):
                    return f"port {port} was taken by {holder} before its first use; another one is chosen"
                return f"port {port} is in use by {holder}; stop that process, then this one starts by itself"
        return None

    def _start(self, spec: ProcessSpec, record: Record) -> Record:
        """Start a process, recorded before and after: a supervisor killed in between leaves its start id."""
        self._processes.clear_exit_code(record)
        record = replace(record, start_id=uuid.uuid4().hex[:12], pid=None, created=None)
        save(record, self._state.run)
        self._probes.forget(spec.name)
        try:
            started = self._processes.start(spec, record.start_id)
        except StartError as error:
            log.error("start failed", process=spec.name, error=str(error))
            retry_at = self._clock() + 5
            return replace(record, phase=Phase.BACKING_OFF, reason=str(error), retry_at=retry_at)
        log.info("started", process=spec.name, pid=started.pid)
        return replace(record, pid=started.pid, created=started.created)

    def _find_again(self, record: Record) -> None:
        if record.phase in RUNNING and record.pid is None and record.start_id:
            found = self._processes.find_leader(record.name, record.start_id)
            if found:
                self._remember(record, replace(record, pid=found.pid, created=found.created))

    def _remember(self, before: Record, after: Record) -> None:
        if before == after:
            return
        if before.phase is not after.phase:
            log.info("process", process=after.name, phase=str(after.phase), reason=after.reason)
        if after.phase is Phase.READY:
            self._ports.mark_used(after.ports)
        self._records[after.name] = after
        save(after, self._state.run)

    def _forget(self, record: Record) -> None:
        self._processes.clear_exit_code(record)
        self._probes.forget(record.name)
        self._records.pop(record.name, None)
        forget(self._state.run, record.name)

    def _bound_logs(self) -> None:
        if (now := self._clock()) - self._logs_checked_at > _LOG_CHECK_SECONDS:
            self._logs_checked_at = now
            for spec in self._specs.values():
                logs.bound(spec.log_file)


def _is_moving(record: Record) -> bool:
    return record.phase in (Phase.PENDING, Phase.STARTING, Phase.STOPPING)
