{{ config(materialized='table') }}

{# Usage revenue per region of the network and fiscal quarter. #}

select
    daily.region,
    {{ fiscal_quarter_start('daily.event_date') }} as fiscal_quarter_start,
    calendar.fiscal_year,
    calendar.fiscal_quarter,
    calendar.fiscal_quarter_name,
    sum(daily.call_count) as call_count,
    sum(daily.call_seconds) as call_seconds,
    cast(sum(daily.call_revenue_usd) as decimal(18, 4)) as call_revenue_usd,
    cast(sum(daily.sms_revenue_usd) as decimal(18, 4)) as sms_revenue_usd,
    cast(sum(daily.data_revenue_usd) as decimal(18, 4)) as data_revenue_usd,
    cast(
        sum(daily.call_revenue_usd + daily.sms_revenue_usd + daily.data_revenue_usd) as decimal(18, 4)
    ) as total_revenue_usd
from {{ ref('agg_region_daily_revenue') }} as daily
inner join {{ ref('dim_date') }} as calendar on calendar.date_day = daily.event_date
group by 1, 2, 3, 4, 5
