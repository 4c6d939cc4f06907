with versions as (
    select
        customer_id, valid_from, valid_to, is_current,
        lead(valid_from) over (partition by customer_id order by valid_from) as next_valid_from
    from $gold_dim_customers
)

select fault as subject, cast(count(*) as double) as value, min(customer_id) as detail
from versions
cross join unnest(filter(array[
    if(valid_to <= valid_from, 'empty version'),
    if(next_valid_from > valid_to, 'hole'),
    if(next_valid_from < valid_to, 'overlap'),
    if(is_current <> (next_valid_from is null), 'current mark')
], fault -> fault is not null)) as faults (fault)
group by fault
