"""Shows readers the numbers that they saw before."""

from jobs.nightly.publish.history import NothingToRollBackToError, PublicationRecord
from jobs.nightly.publish.publish import roll_back
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.published_tags import SnapshotGoneError
from local.errors import LocalError
from telecom.access.lake_access import LakeAccess

TRIED = "roll the publication back"


class PublicationRollbackError(LocalError):
    """There is nothing to go back to; readers keep seeing the present publication."""


def roll_publication_back(access: LakeAccess) -> PublicationRecord:
    """Show readers the publication before the current one. Raises `PublicationRollbackError`."""
    try:
        return roll_back(open_catalog(access.settings.catalog, access.settings.s3, access.credentials))
    except (NothingToRollBackToError, SnapshotGoneError) as error:
        raise PublicationRollbackError(TRIED, str(error), "telecom run nightly") from error
