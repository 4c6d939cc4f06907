"""State of each stage, from its children and its gate."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from operators.telecom_pipeline.children.child_state import ChildState, State
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.objects.names import CONFIG_MAP
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.plan.gates import Gate
from operators.telecom_pipeline.plan.stage_view import StageView

GATE_CLOSED = "GateClosed"
# From worst to best: a stage is in the state of its worst child.
SEVERITY = (State.FAILED, State.WAITING, State.PROGRESSING, State.SUSPENDED, State.READY, State.COMPLETED)
SETTLED = frozenset({State.READY, State.COMPLETED, State.SUSPENDED})


@dataclass(frozen=True)
class StageReport:
    """State of a stage. `child` is the one that decides it; None where something else does."""

    stage: Stage
    state: State
    reason: str
    message: str
    child: Ref | None
    settled_count: int
    child_count: int
    warnings: tuple[str, ...]

    @property
    def text(self) -> str:
        """The child, if one decides, and the message, or the reason if there is no message."""
        return f"{name_of(self.child)}: {self.message or self.reason}" if self.child else self.message or self.reason


def report_stages(
    views: tuple[StageView, ...], gates: Mapping[Stage, Gate], apply_failures: Mapping[Ref, ChildState]
) -> tuple[StageReport, ...]:
    """Reports in the order of the stages. `apply_failures` says why the cluster refused a child."""
    return tuple(_report(view, gates[view.stage], apply_failures) for view in views)


def _report(view: StageView, gate: Gate, apply_failures: Mapping[Ref, ChildState]) -> StageReport:
    states = {ref: _with_failure(ref, state, apply_failures) for ref, state in view.states().items()}
    child, worst = _worst(view.references, states)
    # A failure, or an object that only a person can create, says more than the gate.
    if not gate.is_open and worst.state not in (State.FAILED, State.WAITING) and _is_held(view, gate, states):
        child, worst = None, ChildState(State.WAITING, GATE_CLOSED, gate.message)
    return StageReport(
        stage=view.stage,
        state=worst.state,
        reason=worst.reason or worst.state,
        message=worst.message,
        child=child,
        settled_count=sum(state.state in SETTLED for state in states.values()),
        child_count=len(states),
        warnings=tuple(f"{name_of(ref)}: {text}" for ref, state in states.items() for text in state.warnings),
    )


def _is_held(view: StageView, gate: Gate, states: Mapping[Ref, ChildState]) -> bool:
    return not states or any(gate.holds(view, ref) for ref in states)


def _with_failure(ref: Ref, state: ChildState, apply_failures: Mapping[Ref, ChildState]) -> ChildState:
    failure = apply_failures.get(ref)
    return replace(failure, warnings=state.warnings) if failure else state


def _worst(references: ChildState, states: Mapping[Ref, ChildState]) -> tuple[Ref | None, ChildState]:
    """The child that decides, the first of equals. That settings exist does not count beside a process that ended."""
    candidates: list[tuple[Ref | None, ChildState]] = [(None, references), *states.items()]
    telling = [(ref, state) for ref, state in candidates if not _is_passive(ref, state)]
    return min(telling or candidates, key=lambda candidate: SEVERITY.index(candidate[1].state))


def _is_passive(ref: Ref | None, state: ChildState) -> bool:
    return (ref is None or ref.kind == CONFIG_MAP) and state.state is State.READY


def name_of(ref: Ref) -> str:
    """A child as `kubectl` takes it: kind and name."""
    return f"{ref.kind.name}/{ref.name}"
