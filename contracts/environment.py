"""Environment variables of the jobs: credentials, which a manifest fills from Secrets, and ports.

A port is a variable, not a setting, because a cluster without network namespaces must choose it per process.
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
# Interface the metrics port binds to; unset means all (a pod's probes come from outside of it).
METRICS_HOST = "METRICS_HOST"
CRM_USERNAME = "CRM_USERNAME"
CRM_PASSWORD = "CRM_PASSWORD"  # noqa: S105
# Key of the tokens that stand for phone numbers in gold (HMAC-SHA-256), and the name that tells keys apart.
PII_TOKEN_KEY = "PII_TOKEN_KEY"  # noqa: S105
PII_TOKEN_KEY_ID = "PII_TOKEN_KEY_ID"  # noqa: S105
# Folder that the image of the nightly run brings: the dbt project as dbt parsed it. Unset: every run parses it.
PARSED_DBT_PROJECT = "PARSED_DBT_PROJECT"
