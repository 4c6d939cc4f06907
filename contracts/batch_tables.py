"""Bronze tables of the CRM, billing and inventory databases: an append-only log of row versions, tombstones included.

Columns keep the source's names and types. Every column but the key is nullable, because a tombstone has only the key.
"""

from dataclasses import dataclass

from contracts.tables import BRONZE_NAMESPACE, INGESTED_AT_COLUMN, Column
from contracts.wire_fields import FieldType

UPDATED_AT_COLUMN = "updated_at"
SOURCE_TRANSACTION_COLUMN = "_source_transaction"
SOURCE_DELETED_COLUMN = "_source_deleted"
ROW_DIGEST_COLUMN = "_row_digest"
EFFECTIVE_AT_COLUMN = "_effective_at"
UNREADABLE_COLUMN = "_unreadable_values"
BATCH_ID_COLUMN = "_batch_id"
# Table property: when the table was last compared with its source, in which there may have been nothing new.
COMPARED_AT = "telecom.crm.compared-at"
# Table properties: how many rows the source had then, and how many of them are held back, by reason (a JSON object).
ROWS_COMPARED = "telecom.crm.rows-compared"
HELD_BACK = "telecom.crm.held-back"

# The purpose of a consent without which nobody is scored.
PROFILING = "profiling"

BATCH_INGEST_COLUMNS: tuple[Column, ...] = (
    Column(
        SOURCE_TRANSACTION_COLUMN,
        FieldType.LONG,
        False,
        "64-bit id of the transaction that wrote the version: orders versions of equal updated_at; null in a tombstone",
    ),
    Column(SOURCE_DELETED_COLUMN, FieldType.BOOLEAN, True, "True for a tombstone: the row is gone from the source"),
    Column(
        ROW_DIGEST_COLUMN,
        FieldType.STRING,
        False,
        "Digest of all values of the row as the source had them; null in a tombstone",
    ),
    Column(
        EFFECTIVE_AT_COLUMN,
        FieldType.TIMESTAMP,
        False,
        "Since when the version holds: updated_at if between the version before and the run, else the run's time",
    ),
    Column(
        UNREADABLE_COLUMN,
        FieldType.STRING,
        False,
        "JSON object of the values outside the contract, as text by column; they are null here. Null if there are none",
    ),
    Column(BATCH_ID_COLUMN, FieldType.STRING, True, "Run of the ingestor that wrote the version"),
    Column(INGESTED_AT_COLUMN, FieldType.TIMESTAMP, True, "When the ingestor wrote the version"),
)


@dataclass(frozen=True)
class BatchTable:
    """The bronze table of one source table. Where an `is_optional` one does not exist, its bronze table stays empty."""

    name: str
    source_schema: str
    source_table: str
    key: str
    attributes: tuple[Column, ...]
    namespace: str = BRONZE_NAMESPACE
    is_optional: bool = False

    @property
    def identifier(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.namespace, self.name

    @property
    def source_columns(self) -> tuple[Column, ...]:
        """Columns read from the source: the key, the attributes, the time of the last change."""
        return (
            Column(self.key, FieldType.STRING, True, "Primary key in the source"),
            *self.attributes,
            Column(UPDATED_AT_COLUMN, FieldType.TIMESTAMP, False, "When the source last changed the row"),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in order: the source's, then the ingest columns."""
        return self.source_columns + BATCH_INGEST_COLUMNS


def _columns(*described: tuple[str, FieldType, str]) -> tuple[Column, ...]:
    return tuple(Column(name, field_type, False, description) for name, field_type, description in described)


CRM_CUSTOMERS = BatchTable(
    "crm_customers",
    "crm",
    "customers",
    "customer_id",
    _columns(
        ("full_name", FieldType.STRING, "Name of the person (personal data)"),
        ("email", FieldType.STRING, "Mail address (personal data)"),
        ("msisdn", FieldType.STRING, "Phone number of the subscription, as the CRM spells it (personal data)"),
        ("address_line", FieldType.STRING, "Street and number (personal data)"),
        ("city", FieldType.STRING, "City of the billing address"),
        ("region", FieldType.STRING, "Sales region of the billing address"),
        ("postal_code", FieldType.STRING, "Postal code of the billing address"),
        ("birth_year", FieldType.INT, "Year of birth"),
        ("segment", FieldType.STRING, "consumer, youth, senior or business"),
        ("created_at", FieldType.TIMESTAMP, "Customer since"),
    ),
)
CRM_ACCOUNTS = BatchTable(
    "crm_accounts",
    "crm",
    "accounts",
    "account_id",
    _columns(
        ("customer_id", FieldType.STRING, "Owner; of several accounts the open one counts that was opened last"),
        ("plan_id", FieldType.STRING, "Plan booked"),
        ("status", FieldType.STRING, "active, suspended, frozen or closed"),
        ("opened_at", FieldType.TIMESTAMP, "Start of the contract"),
        ("closed_at", FieldType.TIMESTAMP, "End of the contract, null while it runs"),
    ),
)
CRM_PLANS = BatchTable(
    "crm_plans",
    "crm",
    "plans",
    "plan_id",
    _columns(
        ("plan_name", FieldType.STRING, "Name on the price list"),
        ("monthly_fee_usd", FieldType.MONEY, "Fee per month"),
        ("included_minutes", FieldType.INT, "Call minutes inside the fee"),
        ("included_gigabytes", FieldType.INT, "Data volume inside the fee"),
    ),
)
CRM_CONSENTS = BatchTable(
    "crm_consents",
    "crm",
    "consents",
    "consent_id",
    _columns(
        ("customer_id", FieldType.STRING, "Who gave or refused it"),
        ("purpose", FieldType.STRING, "marketing or profiling"),
        ("is_granted", FieldType.BOOLEAN, "True if consent stands"),
    ),
)
INVOICES = BatchTable(
    "invoices",
    "billing",
    "invoices",
    "invoice_id",
    _columns(
        ("account_id", FieldType.STRING, "Account billed"),
        ("customer_id", FieldType.STRING, "Owner of the account"),
        ("period_start", FieldType.TIMESTAMP, "First day of the month billed"),
        ("issued_at", FieldType.TIMESTAMP, "When it was sent"),
        ("due_at", FieldType.TIMESTAMP, "When payment is due"),
        ("total_usd", FieldType.MONEY, "Sum of its lines"),
        ("status", FieldType.STRING, "open, paid, overdue or void"),
    ),
)
INVOICE_LINES = BatchTable(
    "invoice_lines",
    "billing",
    "invoice_lines",
    "invoice_line_id",
    _columns(
        ("invoice_id", FieldType.STRING, "Invoice it belongs to"),
        ("line_number", FieldType.INT, "Position, from 1"),
        ("charge_type", FieldType.STRING, "plan, usage, roaming or discount"),
        ("amount_usd", FieldType.MONEY, "Charge; negative for a discount"),
    ),
)
PAYMENTS = BatchTable(
    "payments",
    "billing",
    "payments",
    "payment_id",
    _columns(
        ("invoice_id", FieldType.STRING, "Invoice paid"),
        ("amount_usd", FieldType.MONEY, "Amount received"),
        ("method", FieldType.STRING, "card, transfer or direct_debit"),
        ("paid_at", FieldType.TIMESTAMP, "When it was received"),
    ),
)
NETWORK_TOWERS = BatchTable(
    "network_towers",
    "network",
    "towers",
    "tower_id",
    _columns(
        ("region", FieldType.STRING, "Sales region that the tower stands in"),
        ("city", FieldType.STRING, "Metropolitan area"),
        ("latitude", FieldType.DOUBLE, "WGS84 degrees"),
        ("longitude", FieldType.DOUBLE, "WGS84 degrees"),
        ("radio_access", FieldType.STRING, "Best technology that the site offers: 2g, 3g, 4g or 5g"),
        ("capacity_users", FieldType.INT, "Users that the site is built for"),
        ("retired_at", FieldType.TIMESTAMP, "When it was taken out of service, null while it works"),
    ),
    is_optional=True,
)

BATCH_TABLES: tuple[BatchTable, ...] = (
    CRM_PLANS,
    CRM_CUSTOMERS,
    CRM_ACCOUNTS,
    CRM_CONSENTS,
    INVOICES,
    INVOICE_LINES,
    PAYMENTS,
    NETWORK_TOWERS,
)
