{{ config(
    unique_key=['customer_id', 'feature_date'],
    bound_by='feature_date',
    properties={'partitioning': "array['feature_date']"},
) }}

{# What was known about a customer at the start of `feature_date`, and nothing that became known later: a model that is
   trained on it does not see the future. Feature dates lie `churn_horizon_days` apart, counted back from the run date;
   the run date itself is the one to score. #}

{%- set horizon = var('churn_horizon_days') %}
{%- set recent_since = "date_add('day', -" ~ horizon ~ ", customers.feature_date)" %}

with dates as (
    select feature_date
    from (
        values
        {%- for day in feature_dates() %}
            date '{{ day }}'{{ ',' if not loop.last }}
        {%- endfor %}
    ) as dates (feature_date)
),

customers as (
    select
        dates.feature_date,
        cast(dates.feature_date as timestamp(6) with time zone) as as_of,
        customer.customer_id,
        customer.subscriber_token,
        customer.segment,
        customer.plan_id,
        customer.monthly_fee_usd,
        customer.customer_since,
        customer.version_number
    from dates
    inner join {{ ref('dim_customers') }} as customer
        on customer.valid_from < cast(dates.feature_date as timestamp(6) with time zone)
        and customer.valid_to >= cast(dates.feature_date as timestamp(6) with time zone)
    where customer.account_status <> 'closed' and not customer.is_deleted
),

usage as (
    select
        customers.feature_date,
        customers.customer_id,
        sum(if(daily.event_date >= {{ recent_since }}, daily.call_count, 0)) as calls_recent,
        sum(if(daily.event_date < {{ recent_since }}, daily.call_count, 0)) as calls_before,
        sum(if(daily.event_date >= {{ recent_since }}, daily.data_bytes, 0)) as data_bytes_recent,
        sum(daily.dropped_call_count) as dropped_calls
    from customers
    inner join {{ ref('agg_subscriber_daily_usage') }} as daily
        on daily.subscriber_token = customers.subscriber_token
        and daily.event_date < customers.feature_date
        and daily.event_date >= date_add('day', -{{ 2 * horizon }}, customers.feature_date)
        -- The same for all dates together, in literals: older partitions are not read.
        and daily.event_date < date '{{ feature_dates() | max }}'
        and daily.event_date >= date_add('day', -{{ 2 * horizon }}, date '{{ feature_dates() | min }}')
    group by customers.feature_date, customers.customer_id
),

payments as (
    select invoice_id, min(paid_at) as paid_at from {{ ref('silver_payments') }} group by invoice_id
),

billing as (
    select
        customers.feature_date,
        customers.customer_id,
        count(*) as invoices,
        count_if(
            invoice.due_at < customers.as_of and (payments.paid_at is null or payments.paid_at > invoice.due_at)
        ) as invoices_paid_late,
        count_if(
            invoice.due_at < customers.as_of and (payments.paid_at is null or payments.paid_at >= customers.as_of)
        ) as invoices_overdue,
        avg(cast(invoice.total_usd as double)) as mean_invoice_usd
    from customers
    inner join {{ ref('silver_invoices') }} as invoice
        on invoice.customer_id = customers.customer_id and invoice.issued_at < customers.as_of
    left join payments on payments.invoice_id = invoice.invoice_id
    group by customers.feature_date, customers.customer_id
),

departures as (
    select customer_id, min(account_closed_at) as closed_at
    from {{ ref('dim_customers') }}
    where account_status = 'closed'
    group by customer_id
)

select
    customers.feature_date,
    customers.customer_id,
    customers.segment,
    customers.plan_id,
    cast(customers.monthly_fee_usd as double) as monthly_fee_usd,
    date_diff('day', customers.customer_since, customers.as_of) as tenure_days,
    customers.version_number as change_count,
    coalesce(usage.calls_recent, 0) as calls_recent,
    coalesce(usage.calls_before, 0) as calls_before,
    coalesce(usage.data_bytes_recent, 0) as data_bytes_recent,
    coalesce(usage.dropped_calls, 0) as dropped_calls,
    coalesce(billing.invoices, 0) as invoice_count,
    coalesce(billing.invoices_paid_late, 0) as invoices_paid_late,
    coalesce(billing.invoices_overdue, 0) as invoices_overdue,
    coalesce(billing.mean_invoice_usd, 0) as mean_invoice_usd,
    -- Null while the horizon is not over: the answer is not known yet.
    if(
        date_add('day', {{ horizon }}, customers.feature_date) <= {{ run_date() }},
        coalesce(departures.closed_at < date_add('day', {{ horizon }}, customers.as_of), false)
    ) as churned
from customers
left join usage on usage.customer_id = customers.customer_id and usage.feature_date = customers.feature_date
left join billing on billing.customer_id = customers.customer_id and billing.feature_date = customers.feature_date
left join departures on departures.customer_id = customers.customer_id
