"""The plan of an upgrade and its progress. It lives in the status, so that the next operator can continue it."""

from enum import StrEnum

from pydantic import Field

from operators.telecom_pipeline.objects.timestamps import Timestamp
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.spec.base import SpecModel


class StepAction(StrEnum):
    """What a step does to its stage."""

    CHANGE = "Change"
    REMOVE = "Remove"


class StepState(StrEnum):
    """Progress of a step; `Failed` means that it was not ready in time."""

    PENDING = "Pending"
    RUNNING = "Running"
    DONE = "Done"
    FAILED = "Failed"
    ROLLING_BACK = "RollingBack"
    ROLLED_BACK = "RolledBack"
    ROLLBACK_FAILED = "RollbackFailed"


class UpgradeState(StrEnum):
    """Progress of an upgrade; `Stalled` means that a step failed and nothing is rolled back."""

    RUNNING = "Running"
    STALLED = "Stalled"
    ROLLING_BACK = "RollingBack"
    ROLLED_BACK = "RolledBack"
    COMPLETED = "Completed"


# States of a step whose stage has what the new spec asks for.
APPLIED = frozenset({StepState.RUNNING, StepState.DONE, StepState.FAILED})
UNDERWAY = frozenset({UpgradeState.RUNNING, UpgradeState.STALLED, UpgradeState.ROLLING_BACK})


class UpgradeStep(SpecModel):
    """One stage's part of an upgrade."""

    stage: Stage = Field(description="The stage that changes.")
    action: StepAction = Field(
        description="Whether children are changed, or removed because they are no longer part of the pipeline."
    )
    disruptive: bool = Field(description="Whether something that is running is restarted or stopped.")
    children: list[str] = Field(description="The children that change, for example Deployment/demo-kafka-to-bronze.")
    superseded: bool = Field(
        default=False, description="Whether the stage still has what an earlier, unfinished upgrade gave it."
    )
    state: StepState = Field(default=StepState.PENDING, description="Progress of the step.")
    started_at: Timestamp | None = Field(default=None, description="When the step or its rollback began.")

    @property
    def is_held(self) -> bool:
        """Whether the stage must stay as it is: what it has now is in neither the old spec nor the new one."""
        return self.superseded and self.state is StepState.PENDING


class Upgrade(SpecModel):
    """The change from one revision of the spec to another, step by step.

    Where both are the same, another version of the operator renders it differently.
    """

    state: UpgradeState = Field(default=UpgradeState.RUNNING, description="Progress of the upgrade.")
    from_revision: int = Field(description="Revision that was ready before: the generation that the resource had then.")
    to_revision: int = Field(description="Revision that is wanted now: the generation of the resource.")
    digest: str = Field(description="Digest of the wanted spec; a spec that was rolled back is not tried again.")
    rendering: str = Field(
        default="", description="Digest of what the operator that made this plan renders the spec to."
    )
    message: str = Field(default="", description="Which step failed and why; empty while none has failed.")
    steps: list[UpgradeStep] = Field(description="The steps, in the order in which they are taken.")

    @property
    def is_underway(self) -> bool:
        """Whether there is something left to do."""
        return self.state in UNDERWAY

    @property
    def is_going_back(self) -> bool:
        """Whether the old spec is being restored."""
        return self.state in (UpgradeState.ROLLING_BACK, UpgradeState.ROLLED_BACK)

    @property
    def active_step(self) -> UpgradeStep | None:
        """The step that is being taken or rolled back."""
        active = {StepState.ROLLING_BACK} if self.is_going_back else {StepState.RUNNING, StepState.FAILED}
        return next((step for step in self.steps if step.state in active), None)

    @property
    def text(self) -> str:
        """Where the upgrade stands, in a sentence."""
        if self.is_going_back:
            return f"revision {self.to_revision} is rolled back to revision {self.from_revision}: {self.message}"
        way = f"from revision {self.from_revision} to {self.to_revision}"
        if self.from_revision == self.to_revision:
            way = f"revision {self.to_revision} as this version of the operator renders it"
        step = self.active_step
        return self.message or (f"{way}: step {step.stage}" if step else way)

    def with_step(self, old: UpgradeStep, state: StepState, started_at: str | None = None) -> "Upgrade":
        """The upgrade with one step in another state."""
        new = old.model_copy(update={"state": state, "started_at": started_at or old.started_at})
        return self.model_copy(update={"steps": [new if step is old else step for step in self.steps]})

    def in_state(self, state: UpgradeState, message: str | None = None) -> "Upgrade":
        """The upgrade in another state; without a message, it keeps its own."""
        return self.model_copy(update={"state": state, "message": self.message if message is None else message})
