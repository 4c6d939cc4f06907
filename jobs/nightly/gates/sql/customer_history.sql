-- Of customers each version begins where the one before ends. A number may be nobody's for a while.
with spans as (
    select
        'customer' as kind, customer_id as key, valid_from, valid_to, is_current,
        lead(valid_from) over (partition by customer_id order by valid_from) as next_valid_from
    from $gold_dim_customers
    union all
    select
        'number', subscriber_token, valid_from, valid_to, is_current,
        lead(valid_from) over (partition by subscriber_token order by valid_from)
    from $gold_dim_number_owners
)

select fault as subject, cast(count(*) as double) as value, min(key) as detail
from spans
cross join unnest(filter(
    if(
        kind = 'customer',
        array[
            if(valid_to <= valid_from, 'empty version'),
            if(next_valid_from > valid_to, 'hole'),
            if(next_valid_from < valid_to, 'overlap'),
            if(is_current <> (next_valid_from is null), 'current mark')
        ],
        array[
            if(valid_to <= valid_from, 'ownership of no time'),
            if(next_valid_from < valid_to, 'two owners of a number'),
            if(is_current and next_valid_from is not null, 'current mark of a number')
        ]
    ),
    fault -> fault is not null
)) as faults (fault)
group by fault
