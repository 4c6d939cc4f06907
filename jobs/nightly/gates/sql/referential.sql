select
    concat('fact_calls.', dimension) as subject,
    if(calls = 0, 0e0, cast(unknown as double) / calls) as value,
    concat(cast(unknown as varchar), ' of ', cast(calls as varchar), ' calls') as detail
from (
    select
        count(*) as calls,
        count_if(customer_key = 'unknown') as unknown_customers,
        count_if(tower_key = 'unknown') as unknown_towers
    from $gold_fact_calls
    where $on_touched_days
)
cross join unnest(array['customer_key', 'tower_key'], array[unknown_customers, unknown_towers]) as by_dimension (dimension, unknown)
