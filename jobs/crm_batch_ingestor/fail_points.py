"""Where a test may kill the ingestor."""

AFTER_FILE_WRITE = "crm_ingest.after_file_write"
AFTER_COMMIT = "crm_ingest.after_commit"
