{{ config(unique_key='customer_key', complete_per='customer_id', takes_new_rows=true) }}

{# Slowly changing dimension, type 2. Each version is valid from `valid_from` (inclusive) to `valid_to` (exclusive);
   the versions of a customer follow each other without hole or overlap, and the last one is current. The first is
   valid from the day the customer joined. The key is made of customer and moment of change, so a change that arrives
   late adds a version and shortens its neighbour, but no key moves. What a plan costs is in `dim_plans`: a new price is
   no change of its customers. #}

with affected as (
    select distinct customer_id from {{ ref('silver_customers') }} where {{ silver_changes_of_run() }}
),

history as (
    select
        *,
        lead(changed_at) over (partition by customer_id order by changed_at) as next_change,
        row_number() over (partition by customer_id order by changed_at) as version_number,
        first_value(customer_since) ignore nulls over (
            partition by customer_id order by changed_at rows between unbounded preceding and unbounded following
        ) as joined_at
    from {{ ref('silver_customers') }}
    where {{ versions_of_changed('customer_id', 'select customer_id from affected') }}
)

select
    {{ generate_surrogate_key(['customer_id', 'changed_at']) }} as customer_key,
    customer_id,
    cast(version_number as integer) as version_number,
    if(version_number = 1, least(coalesce(joined_at, changed_at), changed_at), changed_at) as valid_from,
    coalesce(next_change, {{ end_of_time() }}) as valid_to,
    next_change is null as is_current,
    subscriber_token,
    {{ mask_name('full_name') }} as masked_name,
    {{ mask_email('email') }} as masked_email,
    {{ mask_msisdn('msisdn') }} as masked_msisdn,
    city,
    region,
    {{ postal_district('postal_code') }} as postal_district,
    cast(birth_year / 10 * 10 as integer) as birth_decade,
    segment,
    joined_at as customer_since,
    account_id,
    account_status,
    account_closed_at,
    plan_id,
    is_deleted,
    _bronze_ingested_at
from history
