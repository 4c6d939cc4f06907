"""Places where a test may kill the freezer (`jobs.runtime.fail_points`)."""

BEFORE_DATABASE_COMMIT = "before_database_commit"
AFTER_DATABASE_COMMIT = "after_database_commit"
AFTER_PUBLISH = "after_publish"
BEFORE_OFFSET_COMMIT = "before_offset_commit"
