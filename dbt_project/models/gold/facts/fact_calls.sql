{{ config(
    unique_key='call_id',
    bound_by='event_date',
    properties={'partitioning': "array['event_date']"},
) }}

{# One row per call, joined to the customer whose number it was when the call was made, and to the versions of customer
   and tower that were valid then. A call of an unknown customer or tower is kept and points at the unknown member. #}

with calls as (
    select * from {{ ref('silver_calls') }} where {{ rows_of_touched_days() }}
)

select
    calls.event_id as call_id,
    calls.event_time,
    calls.event_date,
    {{ date_key('calls.event_date') }} as date_key,
    coalesce(customer.customer_key, '{{ var('unknown_member') }}') as customer_key,
    coalesce(owner.customer_id, '{{ var('unknown_member') }}') as customer_id,
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
{{ number_owner('calls') }}
left join {{ ref('dim_customers') }} as customer
    on customer.customer_id = owner.customer_id and {{ valid_at('customer', 'calls.event_time') }}
left join {{ ref('dim_towers') }} as tower
    on tower.tower_id = calls.tower_id and {{ valid_at('tower', 'calls.event_time') }}
