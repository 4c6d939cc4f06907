"""Gates: which stages have to wait, and for what."""

from collections.abc import Mapping
from dataclasses import dataclass

from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.objects.names import DEPLOYMENT, JOB
from operators.telecom_pipeline.pipeline.stages import STAGE_RULES, Stage, StageRule
from operators.telecom_pipeline.plan.stage_view import StageView

# A child in one of these states is not running, so applying it may start it.
STOPPED = {State.SUSPENDED}
# A source in one of these states no longer sends anything.
SILENT = {State.SUSPENDED, State.COMPLETED}


@dataclass(frozen=True)
class Gate:
    """`message` is empty for an open gate. A closed one holds back starts; `holds_all` holds back every change."""

    message: str = ""
    holds_all: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing has to wait."""
        return not self.message

    def holds(self, view: StageView, ref: Ref) -> bool:
        """Whether a child must not be applied now.

        A running child is kept up to date even while the stages that it needs are in trouble: a rolling Kafka is not a
        reason to stop a sink, nor is a failed sink a reason to stop the sources, whose records Kafka keeps.
        """
        if self.is_open:
            return False
        return self.holds_all or ref not in view.existing or view.states()[ref].state in STOPPED


AWAITS_STEP = Gate("waits for its step of the upgrade", holds_all=True)


def find_gates(views: tuple[StageView, ...], is_suspended: bool) -> dict[Stage, Gate]:
    """Gate of each stage."""
    by_stage = {view.stage: view for view in views}
    gates = {rule.stage: _needs_gate(rule, by_stage, is_suspended) for rule in STAGE_RULES}
    for view in views:
        if view.missing_endpoints and gates[view.stage].is_open:
            gates[view.stage] = Gate(f"waits for {', '.join(view.missing_endpoints)}")
    if is_suspended and not _is_silent(by_stage[Stage.HISTORY], by_stage[Stage.SOURCES]):
        gates[Stage.BRONZE] = Gate("the sink stops after the sources have stopped", holds_all=True)
    return gates


def _needs_gate(rule: StageRule, views: Mapping[Stage, StageView], is_suspended: bool) -> Gate:
    unsettled = [need for need in rule.needs if not views[need].is_settled(is_suspended)]
    running = [stage for stage in rule.follows if not views[stage].has_ended(is_suspended)]
    messages = [f"waits for {', '.join(unsettled)}"] if unsettled else []
    messages += [f"waits for the end of {', '.join(running)}"] if running else []
    return Gate("; ".join(messages))


def _is_silent(*sources: StageView) -> bool:
    """Whether no source sends. A failed Job has no pods left, while a failed Deployment may."""
    return all(
        state.state in SILENT or (ref.kind == JOB and state.state is State.FAILED)
        for view in sources
        for ref, state in view.states().items()
        if ref in view.existing and ref.kind in (DEPLOYMENT, JOB)
    )
