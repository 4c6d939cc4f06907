-- Revenue is never negative: a credit is an invoice line, not a call.
select call_id, revenue_usd from {{ ref('fact_calls') }} where revenue_usd < 0 and {{ arrived_in_window() }}
