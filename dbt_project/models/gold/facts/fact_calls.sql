{{ config(
    unique_key='call_id',
    bound_by='event_date',
    properties={'partitioning': "array['event_date']"},
) }}

{# One row per call, joined to the versions of customer and tower that were valid when the call was made. A call of an
   unknown customer or tower is kept and points at the unknown member. #}

with calls as (
    select * from {{ ref('silver_calls') }} where {{ silver_events_of_run() }}
)

select
    calls.event_id as call_id,
    calls.event_time,
    calls.event_date,
    {{ date_key('calls.event_date') }} as date_key,
    coalesce(customer.customer_key, '{{ var('unknown_member') }}') as customer_key,
    coalesce(tower.tower_key, '{{ var('unknown_member') }}') as tower_key,
    calls.tower_id,
    coalesce(tower.region, '{{ var('unknown_member') }}') as region,
    calls.subscriber_token,
    calls.other_party_token,
    calls.call_type,
    calls.termination_cause,
    calls.termination_cause in ('dropped', 'network_failure') as is_dropped,
    calls.is_roaming,
    calls.duration_seconds,
    calls.revenue_usd,
    calls._bronze_ingested_at
from calls
left join {{ ref('dim_customers') }} as customer
    on customer.subscriber_token = calls.subscriber_token
    and calls.event_time >= customer.valid_from
    and calls.event_time < customer.valid_to
left join {{ ref('dim_towers') }} as tower
    on tower.tower_id = calls.tower_id and {{ valid_at('tower', 'calls.event_time') }}
