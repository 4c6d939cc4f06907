"""Erases a person with the rights of the batch jobs, then searches everything that is left."""

from contracts.batch_settings import EraseSettings
from contracts.calendar import Calendar
from jobs.privacy.dead_letters import DeadLetterErasureError
from jobs.privacy.erase import UnknownPinError, UnpublishedGoldError
from jobs.privacy.person import Erasure, erase_person
from jobs.privacy.raw_topics import RawTopicErasureError
from jobs.privacy.subject import require_number
from jobs.runtime.commit_errors import COMMIT_ERRORS
from jobs.runtime.dialling import UnknownNumberingError, spelling_in
from jobs.runtime.lake_lock import LakeBusyError
from local.errors import LocalError
from operators.telecom_pipeline.objects import names
from telecom.access.kafka_login import kafka_login
from telecom.access.lake_access import lake_access
from telecom.pipelines.local_pipeline import LocalPipeline

TRIED = "erase a person"
# Another job is at work, or what a dead run left behind could not be put back.
ANOTHER_JOB = (LakeBusyError, *COMMIT_ERRORS)


class ErasureError(LocalError):
    """The person has not been erased everywhere; another run finishes the work."""


def require_subject(target: LocalPipeline, number: str) -> None:
    """Raises `NotASubjectError` for what is no whole phone number in the pipeline's country, and `ErasureError`."""
    jobs = target.pipeline.batch_jobs
    calendar = jobs.section.calendar.calendar() if jobs else Calendar()
    try:
        spelling = spelling_in(calendar.country)
    except UnknownNumberingError as error:
        raise ErasureError(TRIED, str(error), "correct it, then telecom apply and this again") from error
    require_number(number, spelling)


def erase_everywhere(target: LocalPipeline, number: str, customer_id: str | None) -> Erasure:
    """Erase a person from CRM, lake and Kafka, then search what is left. Raises `LocalError` and `NotASubjectError`."""
    pipeline = target.pipeline
    access = lake_access(target.store, pipeline, target.state.run)
    kafka = kafka_login(target.store, pipeline.namespace, pipeline.name, names.ERASER, target.state.run)
    settings: EraseSettings = access.settings.model_copy(update={"kafka": kafka.connection})
    try:
        return erase_person(settings, access.credentials | kafka.credentials, number, customer_id)
    except (UnpublishedGoldError, UnknownPinError) as error:
        raise ErasureError(TRIED, str(error), "telecom run nightly, then this again") from error
    except (DeadLetterErasureError, RawTopicErasureError, *ANOTHER_JOB) as error:
        raise ErasureError(TRIED, str(error), "the same command again") from error
