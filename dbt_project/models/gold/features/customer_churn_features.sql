{{ config(
    unique_key=['customer_id', 'feature_date'],
    bound_by='feature_date',
    properties={'partitioning': "array['feature_date']"},
) }}

{# What was known about a customer at the start of `feature_date`, and nothing that became known later: a model that is
   trained on it does not see the future. Only customers are here who consented to profiling then and have not withdrawn
   it since. The newest date, the run's, is the one to score; the others lie on a fixed grid (`feature_dates`). #}

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

consents as (
    select
        customer_id,
        is_granted,
        changed_at as valid_from,
        coalesce(lead(changed_at) over decisions, {{ end_of_time() }}) as valid_to,
        last_value(is_granted) over (
            partition by customer_id order by changed_at asc, is_granted desc
            rows between unbounded preceding and unbounded following
        ) as is_still_granted
    from {{ ref('silver_consents') }}
    where purpose = 'profiling'
    -- Of two decisions in the same instant the refusal counts.
    window decisions as (partition by customer_id order by changed_at asc, is_granted desc)
),

customers as (
    select
        dates.feature_date,
        {{ day_start('dates.feature_date') }} as as_of,
        {{ day_start("date_add('day', " ~ horizon ~ ", dates.feature_date)") }} as horizon_end,
        customer.customer_id,
        customer.segment,
        customer.plan_id,
        customer.customer_since,
        customer.version_number
    from dates
    inner join {{ ref('dim_customers') }} as customer
        on customer.valid_from < {{ day_start('dates.feature_date') }}
        and customer.valid_to >= {{ day_start('dates.feature_date') }}
    inner join consents
        on consents.customer_id = customer.customer_id
        and consents.valid_from < {{ day_start('dates.feature_date') }}
        and consents.valid_to >= {{ day_start('dates.feature_date') }}
    where
        consents.is_granted and consents.is_still_granted
        and coalesce(customer.account_status, 'closed') <> 'closed' and not customer.is_deleted
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
        on daily.customer_id = customers.customer_id
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
)

select
    customers.feature_date,
    customers.customer_id,
    customers.segment,
    customers.plan_id,
    coalesce(cast(plan.monthly_fee_usd as double), 0) as monthly_fee_usd,
    coalesce(date_diff('day', customers.customer_since, customers.as_of), 0) as tenure_days,
    customers.version_number as change_count,
    coalesce(usage.calls_recent, 0) as calls_recent,
    coalesce(usage.calls_before, 0) as calls_before,
    coalesce(usage.data_bytes_recent, 0) as data_bytes_recent,
    coalesce(usage.dropped_calls, 0) as dropped_calls,
    coalesce(billing.invoices, 0) as invoice_count,
    coalesce(billing.invoices_paid_late, 0) as invoices_paid_late,
    coalesce(billing.invoices_overdue, 0) as invoices_overdue,
    coalesce(billing.mean_invoice_usd, 0) as mean_invoice_usd,
    -- Null while the horizon is not over: the answer is not known yet. Who left and came back within it did not leave.
    if(
        date_add('day', {{ horizon }}, customers.feature_date) <= {{ run_date() }},
        later.is_deleted or coalesce(later.account_status, 'closed') = 'closed'
    ) as churned
from customers
left join {{ ref('dim_plans') }} as plan
    on plan.plan_id = customers.plan_id
    and plan.valid_from < customers.as_of
    and plan.valid_to >= customers.as_of
left join {{ ref('dim_customers') }} as later
    on later.customer_id = customers.customer_id
    and later.valid_from < customers.horizon_end
    and later.valid_to >= customers.horizon_end
left join usage on usage.customer_id = customers.customer_id and usage.feature_date = customers.feature_date
left join billing on billing.customer_id = customers.customer_id and billing.feature_date = customers.feature_date
