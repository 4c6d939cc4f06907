{# The newest reading of every tower, against the clock: `is_stale` says that a tower's feed has stopped. A reading from
   the future is a clock that runs ahead, so it counts only within `live_clock_tolerance_seconds`; one that silver would
   refuse does not count at all. Readings of the last `live_lookback_hours` are read as they arrive; the bounds are
   constants when the engine plans, so that it leaves out older partitions and files. A tower of the inventory that was
   silent for longer stays in the list, without a load: hourly sums tell when it was last heard of, up to
   `live_silence_days` ago. #}

with newest as (
    select
        tower_id,
        max(event_time) as last_reading_at,
        max_by(
            cast(
                row(region, load_percent, active_users, dropped_calls, latency_ms)
                as row(
                    region varchar, load_percent double, active_users integer, dropped_calls integer, latency_ms double
                )
            ),
            event_time
        ) as reading
    from {{ source('bronze', 'network_probe_events') }}
    where
        event_time >= current_timestamp - interval '{{ var('live_lookback_hours') }}' hour
        and event_time <= current_timestamp + interval '{{ var('live_clock_tolerance_seconds') }}' second
        and {{ passes(network_probe_checks()) }}
    group by tower_id
),

inventory as (
    select tower_id, region from {{ ref('dim_towers') }}
    where is_current and (retired_at is null or retired_at > current_timestamp)
),

last_hours as (
    select tower_id, max(hour_start) as hour_start
    from {{ ref('agg_tower_hourly_utilization') }}
    where reading_count > 0 and event_date >= current_date - interval '{{ var('live_silence_days') }}' day
    group by tower_id
),

towers as (
    select
        tower_id,
        coalesce(newest.reading.region, inventory.region) as region,
        coalesce(newest.last_reading_at, last_hours.hour_start) as last_reading_at,
        newest.reading
    from inventory
    full outer join newest using (tower_id)
    left join last_hours using (tower_id)
)

select
    tower_id,
    region,
    last_reading_at,
    greatest(date_diff('second', last_reading_at, current_timestamp), 0) as age_seconds,
    coalesce(last_reading_at < current_timestamp - interval '{{ var('live_stale_after_seconds') }}' second, true)
        as is_stale,
    reading.load_percent,
    reading.active_users,
    reading.dropped_calls,
    reading.latency_ms
from towers
