"""Erases a person with the rights of the batch jobs, and proves it."""

from contracts.batch_settings import EraseSettings
from jobs.privacy.dead_letters import DeadLetterErasureError
from jobs.privacy.erase import UnpublishedGoldError
from jobs.privacy.person import Erasure, erase_person
from jobs.privacy.raw_topics import RawTopicErasureError
from local.cluster.object_store import SqliteCluster
from local.errors import LocalError
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from telecom.access.kafka_identity import kafka_identity
from telecom.access.lake_access import lake_access


class ErasureError(LocalError):
    """The person is not erased everywhere; running it again finishes."""


def erase_everywhere(state: StateDirectory, store: SqliteCluster, pipeline: Pipeline, msisdn: str) -> Erasure:
    """Take a person out of CRM, lake and Kafka, then search what is left. Raises `LocalError`."""
    access = lake_access(store, pipeline)
    kafka = kafka_identity(store, pipeline.namespace, pipeline.name, names.ERASER, state.run)
    settings: EraseSettings = access.settings.model_copy(update={"kafka": kafka.connection})
    try:
        return erase_person(settings, access.credentials | kafka.credentials, msisdn)
    except UnpublishedGoldError as error:
        raise ErasureError("erase a person", str(error), "telecom run nightly, then this again") from error
    except (DeadLetterErasureError, RawTopicErasureError) as error:
        raise ErasureError("erase a person", str(error), "the same command again") from error
