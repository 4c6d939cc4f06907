{{ config(
    unique_key=['tower_id', 'hour_start'],
    bound_by='event_date',
    properties={'partitioning': "array['event_date']"},
) }}

{# Load and calls per tower and hour, with what the tower was when the hour began. Facts, and sums by region made of
   them, go by the moment of each event. A load and its percentile are of one site and of a whole hour, and a second
   row for an hour in which a site was rebuilt would count it twice: so the hour keeps the tower that it began with.
   Every day with new rows is computed again from all of its rows. Means are rounded and the percentile is exact, so
   that the same readings give the same row in whatever order they are read. #}

with probes as (
    select
        tower_id,
        event_date,
        {{ event_hour('event_time') }} as hour_start,
        round(avg(load_percent), 6) as mean_load_percent,
        max(load_percent) as peak_load_percent,
        element_at(
            array_sort(array_agg(load_percent)), cast(ceiling(count(load_percent) * 0.95) as integer)
        ) as p95_load_percent,
        max(active_users) as peak_active_users,
        round(avg(latency_ms), 6) as mean_latency_ms,
        round(avg(signal_dbm), 6) as mean_signal_dbm,
        sum(dropped_calls) as dropped_calls,
        count(*) as reading_count,
        max(_bronze_ingested_at) as _bronze_ingested_at
    from {{ ref('silver_network_probes') }}
    where {{ rows_of_touched_days() }}
    group by 1, 2, 3
),

calls as (
    select
        tower_id,
        event_date,
        {{ event_hour('event_time') }} as hour_start,
        count(*) as call_count,
        sum(duration_seconds) as call_seconds,
        sum(revenue_usd) as revenue_usd,
        max(_bronze_ingested_at) as _bronze_ingested_at
    from {{ ref('fact_calls') }}
    where {{ rows_of_touched_days() }}
    group by 1, 2, 3
),

hours as (
    select
        tower_id,
        hour_start,
        event_date,
        probes.mean_load_percent,
        probes.p95_load_percent,
        probes.peak_load_percent,
        probes.peak_active_users,
        probes.mean_latency_ms,
        probes.mean_signal_dbm,
        coalesce(probes.dropped_calls, 0) as dropped_calls,
        coalesce(probes.reading_count, 0) as reading_count,
        coalesce(calls.call_count, 0) as call_count,
        coalesce(calls.call_seconds, 0) as call_seconds,
        cast(coalesce(calls.revenue_usd, decimal '0') as decimal(18, 4)) as revenue_usd,
        coalesce(probes.peak_load_percent > {{ var('overload_percent') }}, false) as was_overloaded,
        greatest(
            coalesce(probes._bronze_ingested_at, calls._bronze_ingested_at),
            coalesce(calls._bronze_ingested_at, probes._bronze_ingested_at)
        ) as _bronze_ingested_at
    from probes
    full outer join calls using (tower_id, event_date, hour_start)
)

select
    hours.*,
    coalesce(tower.region, '{{ var('unknown_member') }}') as region,
    tower.capacity_users
from hours
left join {{ ref('dim_towers') }} as tower
    on tower.tower_id = hours.tower_id and {{ valid_at('tower', 'hours.hour_start') }}
