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
    HISTORY = "history"
    SOURCES = "sources"


@dataclass(frozen=True)
class StageRule:
    """`needs` must be ready, and `follows` must have ended, before the first child of `stage` is created.

    They do not stop a stage that has started.
    """

    stage: Stage
    needs: tuple[Stage, ...] = ()
    follows: tuple[Stage, ...] = ()


# In the order in which they start; teardown goes the other way. Sources wait for the stages that read them, so that the
# first event is in its table within one commit interval and a fraud is found within a checkpoint, and so that a stage
# which cannot start is noticed before topics fill up. They follow the history, whose events fraud detection would
# otherwise take for late ones. Nothing waits for a stage that the pipeline does not have.
_READERS = (Stage.TOPICS, Stage.USERS, Stage.BRONZE, Stage.FRAUD_DETECTION)
STAGE_RULES = (
    StageRule(Stage.STORAGE),
    StageRule(Stage.KAFKA),
    StageRule(Stage.TOPICS, needs=(Stage.KAFKA,)),
    StageRule(Stage.USERS, needs=(Stage.KAFKA,)),
    StageRule(Stage.BRONZE, needs=(Stage.STORAGE, Stage.TOPICS, Stage.USERS)),
    StageRule(Stage.FRAUD_DETECTION, needs=(Stage.STORAGE, Stage.TOPICS, Stage.USERS)),
    StageRule(Stage.ACCOUNT_FREEZER, needs=(Stage.TOPICS, Stage.USERS)),
    StageRule(Stage.TRANSFORM, needs=(Stage.STORAGE,)),
    StageRule(Stage.HISTORY, needs=_READERS),
    StageRule(Stage.SOURCES, needs=_READERS, follows=(Stage.HISTORY,)),
)
