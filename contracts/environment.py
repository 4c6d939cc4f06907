"""Environment variables of the jobs: credentials, which a manifest fills from Secrets, and ports.

A port is a variable, not a setting, because a cluster without network namespaces has to choose one for each process.
"""

KAFKA_PASSWORD = "KAFKA_PASSWORD"  # noqa: S105 (a variable's name)
CATALOG_USERNAME = "CATALOG_USERNAME"
CATALOG_PASSWORD = "CATALOG_PASSWORD"  # noqa: S105
CATALOG_TOKEN = "CATALOG_TOKEN"  # noqa: S105
S3_ACCESS_KEY_ID = "S3_ACCESS_KEY_ID"
S3_SECRET_ACCESS_KEY = "S3_SECRET_ACCESS_KEY"  # noqa: S105
# By these names Flink's S3 file system finds the same credentials.
AWS_ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID"
AWS_SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105
METRICS_PORT = "METRICS_PORT"
# Interface that the metrics port binds to; unset means all (a pod's probes come from outside it).
METRICS_HOST = "METRICS_HOST"
CRM_USERNAME = "CRM_USERNAME"
CRM_PASSWORD = "CRM_PASSWORD"  # noqa: S105
TRINO_USERNAME = "TRINO_USERNAME"
TRINO_PASSWORD = "TRINO_PASSWORD"  # noqa: S105
# Key of the tokens that stand for phone numbers in gold (HMAC-SHA-256), and the name that tells one key from another.
PII_TOKEN_KEY = "PII_TOKEN_KEY"  # noqa: S105
PII_TOKEN_KEY_ID = "PII_TOKEN_KEY_ID"  # noqa: S105
# Folder in the image of the nightly run: the dbt project as dbt parsed it. Without it, every run parses the project.
PARSED_DBT_PROJECT = "PARSED_DBT_PROJECT"
