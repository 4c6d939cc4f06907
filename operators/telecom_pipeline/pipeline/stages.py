"""The stages of a pipeline and what each needs before it may start."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """A step of the pipeline; each child belongs to one, by label."""

    STORAGE = "storage"
    KAFKA = "kafka"
    TOPICS = "topics"
    USERS = "users"
    BRONZE = "bronze"
    FRAUD_DETECTION = "fraud-detection"
    ACCOUNT_FREEZER = "account-freezer"
    TRANSFORM = "transform"
    SOURCES = "sources"


@dataclass(frozen=True)
class StageRule:
    """`needs` must be ready before the first child of `stage` is created. They do not stop a stage that has started."""

    stage: Stage
    needs: tuple[Stage, ...] = ()


# In the order in which they start; teardown goes the other way. Sources wait for the stages that read them, so that the
# first event is in its table within one commit interval and a fraud is found within a checkpoint, and so that a stage
# which cannot start is noticed before topics fill up. Nothing waits for a stage that the pipeline does not have.
STAGE_RULES = (
    StageRule(Stage.STORAGE),
    StageRule(Stage.KAFKA),
    StageRule(Stage.TOPICS, needs=(Stage.KAFKA,)),
    StageRule(Stage.USERS, needs=(Stage.KAFKA,)),
    StageRule(Stage.BRONZE, needs=(Stage.STORAGE, Stage.TOPICS, Stage.USERS)),
    StageRule(Stage.FRAUD_DETECTION, needs=(Stage.STORAGE, Stage.TOPICS, Stage.USERS)),
    StageRule(Stage.ACCOUNT_FREEZER, needs=(Stage.TOPICS, Stage.USERS)),
    StageRule(Stage.TRANSFORM, needs=(Stage.STORAGE,)),
    StageRule(Stage.SOURCES, needs=(Stage.TOPICS, Stage.USERS, Stage.BRONZE, Stage.FRAUD_DETECTION)),
)
