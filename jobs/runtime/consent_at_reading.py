"""Which published tables show only customers who consent to profiling, asked when somebody reads them. Pure.

A snapshot of such a table keeps whoever consented when it was built, and a rollback brings old snapshots back. The
log of the CRM in bronze goes neither with the night nor with a rollback: it has what the last ingest found.
"""

from contracts.batch_tables import CRM_CONSENTS, PROFILING

ONLY_WITH_CONSENT = frozenset({"customer_churn_features", "customer_churn_scores"})


def consents_to_profiling(catalog: str) -> str:
    """Condition on `customer_id`: the customer's newest decision is a yes.

    As in the CRM (`jobs/churn/crm.py`), a decision without a stamp may be the newest, and of two with the same stamp
    the refusal counts. A decision that is gone from the CRM is none.
    """
    consents = ".".join((catalog, *CRM_CONSENTS.identifier))
    newest = ", ".join(
        f"max_by({column}, _bronze_ingested_at) as {column}"
        for column in ("customer_id", "purpose", "is_granted", "updated_at", "_source_deleted")
    )
    return (
        "customer_id in (select customer_id from (select customer_id, is_granted, row_number() over ("  # noqa: S608
        "partition by customer_id order by updated_at desc nulls first, is_granted) as age"
        f" from (select {newest} from {consents} group by {CRM_CONSENTS.key})"
        f" where purpose = '{PROFILING}' and not _source_deleted) where age = 1 and is_granted)"
    )
