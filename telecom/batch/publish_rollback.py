"""Shows readers the numbers that they saw before."""

from contextlib import closing

from jobs.nightly.publish.history import NothingToRollBackToError, PublicationRecord
from jobs.nightly.publish.publish import roll_back
from jobs.runtime.commit_errors import COMMIT_ERRORS
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.lake_lock import LakeBusyError
from jobs.runtime.published_tags import SnapshotGoneError
from jobs.runtime.trino import TrinoSql
from local.errors import LocalError
from telecom.access.lake_access import LakeAccess

TRIED = "roll the publication back"


class PublicationRollbackError(LocalError):
    """There is nothing to go back to, or another job is at work; readers keep seeing the present publication."""


def roll_publication_back(access: LakeAccess) -> PublicationRecord:
    """Show readers the publication before the current one. Raises `PublicationRollbackError`."""
    settings = access.settings
    try:
        with closing(TrinoSql(settings.trino, access.credentials)) as sql:
            return roll_back(open_catalog(settings.catalog, settings.s3, access.credentials), sql)
    except (NothingToRollBackToError, SnapshotGoneError) as error:
        raise PublicationRollbackError(TRIED, str(error), "telecom run nightly") from error
    except (LakeBusyError, *COMMIT_ERRORS) as error:
        raise PublicationRollbackError(TRIED, str(error), "the same command again") from error
