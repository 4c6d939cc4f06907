{{ config(
    unique_key=['customer_id', 'month_start'],
    bound_by='month_start',
    properties={'partitioning': "array['month_start']"},
) }}

{# One row per customer and month of usage, under whatever numbers it was theirs, with plan and status as they were at
   the month's end (or are now, in a month that is not over). Usage of nobody known is the unknown member's. Every month
   with new rows, and every month at whose end a customer turned out to be something else, is summed again from the daily
   usage. #}

with monthly as (
    select
        customer_id,
        cast(date_trunc('month', event_date) as date) as month_start,
        sum(call_count) as call_count,
        sum(call_seconds) as call_seconds,
        sum(dropped_call_count) as dropped_call_count,
        sum(sms_count) as sms_count,
        sum(data_session_count) as data_session_count,
        sum(data_bytes) as data_bytes,
        sum(roaming_event_count) as roaming_event_count,
        count(distinct event_date) as active_days,
        sum(call_revenue_usd + sms_revenue_usd + data_revenue_usd) as usage_revenue_usd,
        max(last_event_at) as last_event_at,
        max(_bronze_ingested_at) as _bronze_ingested_at
    from {{ ref('agg_subscriber_daily_usage') }}
    where {{ daily_rows_of_touched_months() }}
    group by 1, 2
)

select
    monthly.customer_id,
    monthly.month_start,
    coalesce(customer.customer_key, '{{ var('unknown_member') }}') as customer_key,
    customer.region as home_region,
    customer.segment,
    customer.plan_id,
    customer.account_status,
    monthly.call_count,
    monthly.call_seconds,
    monthly.dropped_call_count,
    monthly.sms_count,
    monthly.data_session_count,
    monthly.data_bytes,
    monthly.roaming_event_count,
    monthly.active_days,
    cast(monthly.usage_revenue_usd as decimal(18, 4)) as usage_revenue_usd,
    monthly.last_event_at,
    monthly._bronze_ingested_at
from monthly
left join {{ ref('dim_customers') }} as customer
    on customer.customer_id = monthly.customer_id
    and customer.valid_from < {{ day_start("date_add('month', 1, monthly.month_start)") }}
    and customer.valid_to >= {{ day_start("date_add('month', 1, monthly.month_start)") }}
