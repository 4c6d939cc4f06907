"""Places where a test may kill the sink (`jobs.runtime.fail_points`)."""

AFTER_POLL = "after_poll"
AFTER_FILE_WRITE = "after_file_write"
AFTER_DEAD_LETTERS = "after_dead_letters"
AFTER_COMMIT = "after_commit"
BEFORE_ACKNOWLEDGE = "before_acknowledge"
