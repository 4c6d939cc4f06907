"""`telecom up`: from a resource, or from what was applied before, to pipelines that run."""

from collections.abc import Sequence
from pathlib import Path

from local.cluster.object_store import SqliteCluster
from local.state.paths import StateDirectory
from telecom.cli.options import DEFAULT_FILE, DEFAULT_STATE, OptionalFileOption, StateOption, open_state
from telecom.doctor.ready_machine import require_ready_machine
from telecom.pipelines.fetch import engines_for, fetch_engines
from telecom.pipelines.resource_file import Resource, read_resource
from telecom.pipelines.status import components
from telecom.pipelines.status_table import status_table
from telecom.pipelines.up import applied_resources, bring_up, resume
from telecom.terminal.console import answers, notices, tell


def up(file: OptionalFileOption = None, state: StateOption = DEFAULT_STATE) -> None:
    """Start the engines and a pipeline, wait until it is ready, and leave it running. Idempotent.

    Without --file it goes on with the pipelines that were applied before, and changes none of them.
    """
    require_ready_machine()
    directory = open_state(state)
    applied = () if file else applied_resources(SqliteCluster(directory.store))
    if applied:
        _resume(directory, applied)
    else:
        _apply(directory, file or DEFAULT_FILE)
    answers.print(status_table(components(directory)))


def _resume(state: StateDirectory, applied: Sequence[Resource]) -> None:
    names = ", ".join(str(each.ref) for each in applied)
    tell(f"Going on with {names}; --file applies another.")
    fetch_engines(tuple(dict.fromkeys(engine for each in applied for engine in engines_for(each))))
    notices.print(f"Up after {resume(state, applied, tell):.1f} s.")


def _apply(state: StateDirectory, file: Path) -> None:
    fetch_engines(engines_for(read_resource(file, SqliteCluster(state.store))))
    running = bring_up(state, file, tell)
    notices.print(f"{running.resource.ref} is ready after {running.seconds:.1f} s.")
