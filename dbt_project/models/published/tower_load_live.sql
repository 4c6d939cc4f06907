{# The newest reading of every tower that was read in the last `live_lookback_hours`, against the clock: `is_stale` says
   that a tower's feed has stopped. A reading from the future is a clock that runs ahead, so it counts only within
   `live_clock_tolerance_seconds`; one that silver would refuse does not count at all. The bounds are constants when the
   engine plans, so that it leaves out older partitions and files. #}

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
        and cardinality({{ network_probe_rejection_reasons() }}) = 0
    group by tower_id
)

select
    tower_id,
    reading.region,
    last_reading_at,
    greatest(date_diff('second', last_reading_at, current_timestamp), 0) as age_seconds,
    last_reading_at < current_timestamp - interval '{{ var('live_stale_after_seconds') }}' second as is_stale,
    reading.load_percent,
    reading.active_users,
    reading.dropped_calls,
    reading.latency_ms
from newest
