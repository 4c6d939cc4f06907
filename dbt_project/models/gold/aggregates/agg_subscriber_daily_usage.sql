{{ config(
    unique_key=['event_date', 'subscriber_token', 'customer_id', 'region'],
    bound_by='event_date',
    properties={'partitioning': "array['event_date']"},
) }}

{# Calls, messages and data per subscriber, day and region of the network: what months and quarters are summed from, so
   that these never read events again. Usage is its customer's at that moment: a number that changes hands within a day
   has two rows. Every day with new rows is computed again from all of its rows. #}

with usage as (
    select
        event_date, subscriber_token, customer_id, region, is_roaming, event_time, _bronze_ingested_at,
        1 as calls, duration_seconds as call_seconds, if(is_dropped, 1, 0) as dropped_calls,
        revenue_usd as call_revenue_usd,
        0 as messages, decimal '0' as sms_revenue_usd,
        0 as sessions, bigint '0' as data_bytes, decimal '0' as data_revenue_usd
    from {{ ref('fact_calls') }}
    where {{ rows_of_touched_days() }}
    union all
    select
        sms.event_date, sms.subscriber_token,
        coalesce(owner.customer_id, '{{ var('unknown_member') }}') as customer_id,
        coalesce(tower.region, '{{ var('unknown_member') }}') as region,
        sms.is_roaming, sms.event_time, sms._bronze_ingested_at,
        0 as calls, 0 as call_seconds, 0 as dropped_calls, decimal '0' as call_revenue_usd,
        1 as messages, sms.revenue_usd as sms_revenue_usd,
        0 as sessions, bigint '0' as data_bytes, decimal '0' as data_revenue_usd
    from {{ ref('silver_sms') }} as sms
    {{ number_owner('sms') }}
    left join {{ ref('dim_towers') }} as tower
        on tower.tower_id = sms.tower_id and {{ valid_at('tower', 'sms.event_time') }}
    where {{ rows_of_touched_days() }}
    union all
    select
        session.event_date, session.subscriber_token,
        coalesce(owner.customer_id, '{{ var('unknown_member') }}') as customer_id,
        coalesce(tower.region, '{{ var('unknown_member') }}') as region,
        session.is_roaming, session.event_time, session._bronze_ingested_at,
        0 as calls, 0 as call_seconds, 0 as dropped_calls, decimal '0' as call_revenue_usd,
        0 as messages, decimal '0' as sms_revenue_usd,
        1 as sessions, session.bytes_up + session.bytes_down as data_bytes, session.revenue_usd as data_revenue_usd
    from {{ ref('silver_data_sessions') }} as session
    {{ number_owner('session') }}
    left join {{ ref('dim_towers') }} as tower
        on tower.tower_id = session.tower_id and {{ valid_at('tower', 'session.event_time') }}
    where {{ rows_of_touched_days() }}
)

select
    event_date,
    subscriber_token,
    customer_id,
    region,
    sum(calls) as call_count,
    sum(call_seconds) as call_seconds,
    sum(dropped_calls) as dropped_call_count,
    cast(sum(call_revenue_usd) as decimal(18, 4)) as call_revenue_usd,
    sum(messages) as sms_count,
    cast(sum(sms_revenue_usd) as decimal(18, 4)) as sms_revenue_usd,
    sum(sessions) as data_session_count,
    sum(data_bytes) as data_bytes,
    cast(sum(data_revenue_usd) as decimal(18, 4)) as data_revenue_usd,
    count_if(is_roaming) as roaming_event_count,
    max(event_time) as last_event_at,
    max(_bronze_ingested_at) as _bronze_ingested_at
from usage
group by event_date, subscriber_token, customer_id, region
