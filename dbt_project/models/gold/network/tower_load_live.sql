{{ config(materialized='view') }}

{# The newest minute of every tower, live: it tells which towers are overloaded now. #}

select
    tower_id,
    region,
    max(event_time) as last_reading_at,
    avg(load_percent) as mean_load_percent,
    max(load_percent) as peak_load_percent,
    max_by(active_users, event_time) as active_users,
    sum(dropped_calls) as dropped_calls
from {{ source('bronze', 'network_probe_events') }}
where
    event_time >= date_add('minute', -1, (
        -- Bounded by day: the newest partition is all that is read.
        select max(event_time) from {{ source('bronze', 'network_probe_events') }}
        where event_time >= current_timestamp - interval '1' day
    ))
group by tower_id, region
