{{ config(unique_key=['subscriber_token', 'valid_from'], complete_per='subscriber_token', takes_new_rows=true) }}

{# Whose a phone number was, and when: from `valid_from` (inclusive) to `valid_to` (exclusive). A number has one owner
   at a time, or none. Numbers are given to others, swapped, and come back, and an extract notices that an owner is gone
   only when the number may have a new one already. So the rule is: at any moment a number belongs to the customer who
   claimed it last among those who claim it then. Before our data begins, customers are taken to have had the number that
   they are first known with since they joined, unless it is known to have been somebody else's. #}

with affected as (
    select distinct customer_id from {{ ref('silver_customers') }} where {{ silver_changes_of_run() }}
),

numbers as (
    select subscriber_token from {{ ref('silver_customers') }}
    where {{ versions_of_changed('customer_id', 'select customer_id from affected') }}
    {% if is_incremental() -%}
        union distinct
        select subscriber_token from {{ this }} where customer_id in (select customer_id from affected)
    {%- endif %}
),

holders as (
    select distinct customer_id from {{ ref('silver_customers') }}
    where {{ versions_of_changed('subscriber_token', 'select subscriber_token from numbers') }}
),

versions as (
    select
        customer_id,
        subscriber_token,
        changed_at,
        first_value(customer_since) ignore nulls over (
            partition by customer_id order by changed_at rows between unbounded preceding and unbounded following
        ) as joined_at,
        lag(changed_at) over history is null as is_first,
        coalesce(lead(changed_at) over history, {{ end_of_time() }}) as next_change,
        -- Grows by one where the number changes: versions with the same count are one claim.
        count_if(subscriber_token is distinct from token_before) over history as claim_number,
        _bronze_ingested_at
    from (
        select *, lag(subscriber_token) over (partition by customer_id order by changed_at) as token_before
        from {{ ref('silver_customers') }}
        where {{ versions_of_changed('customer_id', 'select customer_id from holders') }}
    )
    window history as (partition by customer_id order by changed_at)
),

claims as (
    select
        customer_id,
        subscriber_token,
        true as is_known,
        min(changed_at) as claimed_from,
        max(next_change) as claimed_until,
        max(_bronze_ingested_at) as _bronze_ingested_at
    from versions
    group by customer_id, subscriber_token, claim_number
    union all
    select
        customer_id,
        subscriber_token,
        false as is_known,
        joined_at as claimed_from,
        changed_at as claimed_until,
        _bronze_ingested_at
    from versions
    where is_first and joined_at < changed_at
),

claims_of_numbers as (
    select * from claims
    where
        subscriber_token is not null
        and {{ versions_of_changed('subscriber_token', 'select subscriber_token from numbers') }}
),

steps as (
    select
        subscriber_token,
        moment as valid_from,
        lead(moment) over (partition by subscriber_token order by moment) as valid_to
    from (
        select subscriber_token, claimed_from as moment from claims_of_numbers
        union distinct
        select subscriber_token, claimed_until as moment from claims_of_numbers
    )
),

owned as (
    select
        step.subscriber_token,
        claim.customer_id,
        step.valid_from,
        step.valid_to,
        claim._bronze_ingested_at,
        row_number() over (
            partition by step.subscriber_token, step.valid_from
            order by claim.is_known desc, claim.claimed_from desc, claim.customer_id asc
        ) as choice
    from steps as step
    inner join claims_of_numbers as claim
        on claim.subscriber_token = step.subscriber_token
        and claim.claimed_from <= step.valid_from
        and claim.claimed_until >= step.valid_to
),

spans as (
    select
        *,
        count_if(is_other) over (partition by subscriber_token order by valid_from) as span_number
    from (
        select
            *,
            coalesce(
                customer_id <> lag(customer_id) over steps_of_number
                or valid_from > lag(valid_to) over steps_of_number,
                true
            ) as is_other
        from owned
        where choice = 1
        window steps_of_number as (partition by subscriber_token order by valid_from)
    )
)

select
    subscriber_token,
    customer_id,
    min(valid_from) as valid_from,
    max(valid_to) as valid_to,
    max(valid_to) = {{ end_of_time() }} as is_current,
    max(_bronze_ingested_at) as _bronze_ingested_at
from spans
group by subscriber_token, customer_id, span_number
