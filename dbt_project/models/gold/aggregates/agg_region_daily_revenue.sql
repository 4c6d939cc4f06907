{{ config(
    unique_key=['event_date', 'region'],
    bound_by='event_date',
    properties={'partitioning': "array['month(event_date)']"},
) }}

{# Usage revenue per day and region of the network. The table is so small that quarters are summed from all of it. #}

select
    event_date,
    region,
    sum(call_count) as call_count,
    sum(call_seconds) as call_seconds,
    cast(sum(call_revenue_usd) as decimal(18, 4)) as call_revenue_usd,
    cast(sum(sms_revenue_usd) as decimal(18, 4)) as sms_revenue_usd,
    cast(sum(data_revenue_usd) as decimal(18, 4)) as data_revenue_usd,
    max(_bronze_ingested_at) as _bronze_ingested_at
from {{ ref('agg_subscriber_daily_usage') }}
where {{ rows_of_touched_days() }}
group by event_date, region
