-- A pipeline without an inventory of towers has no tower to refer to; its facts point at the unknown member.
with inventory as (
    select count(*) > 0 as has_towers from $gold_dim_towers
),

calls as (
    select
        count(*) as total,
        count_if(customer_key = 'unknown') as unknown_customers,
        count_if(tower_key = 'unknown') as unknown_towers
    from $gold_fact_calls
    where $on_touched_days
),

-- A tower says itself where it stands: a region that differs from the inventory's is wrong in one of them.
readings as (
    select
        count(*) as total,
        count_if(tower.tower_id is null) as unknown_towers,
        count_if(tower.region <> probe.region) as other_region,
        min_by(concat(probe.tower_id, ' says ', probe.region, ', not ', tower.region), probe.tower_id)
            filter (where tower.region <> probe.region) as example
    from (select * from $silver_silver_network_probes where $on_touched_days) as probe
    left join (select * from $gold_dim_towers) as tower
        on tower.tower_id = probe.tower_id and probe.event_time >= tower.valid_from and probe.event_time < tower.valid_to
),

counted as (
    select 'fact_calls.customer_key' as subject, unknown_customers as wrong, total, 'calls' as what, '' as example
    from calls
    union all
    select 'fact_calls.tower_key', if(has_towers, unknown_towers, 0), total, 'calls', ''
    from calls cross join inventory
    union all
    select 'silver_network_probes.tower_id', if(has_towers, unknown_towers, 0), total, 'readings', ''
    from readings cross join inventory
    union all
    select 'silver_network_probes.region', other_region, total, 'readings', coalesce(concat(', such as ', example), '')
    from readings
)

select
    subject,
    if(total = 0, 0e0, cast(wrong as double) / total) as value,
    concat(cast(wrong as varchar), ' of ', cast(total as varchar), ' ', what, example) as detail
from counted
