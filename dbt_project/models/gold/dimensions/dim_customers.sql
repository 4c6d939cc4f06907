{{ config(unique_key='customer_key') }}

{# Slowly changing dimension, type 2. Each version is valid from `valid_from` (inclusive) to `valid_to` (exclusive);
   the versions of a customer follow each other without hole or overlap, and the last one is current. The first is
   valid from the day the customer joined. The key is made of customer and moment of change, so a change that arrives
   late adds a version and shortens its neighbour, but no key moves. #}

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
    {{ generate_surrogate_key(['history.customer_id', 'history.changed_at']) }} as customer_key,
    history.customer_id,
    cast(history.version_number as integer) as version_number,
    if(
        history.version_number = 1,
        least(coalesce(history.joined_at, history.changed_at), history.changed_at),
        history.changed_at
    ) as valid_from,
    coalesce(history.next_change, timestamp '9999-12-31 00:00:00.000000 UTC') as valid_to,
    history.next_change is null as is_current,
    history.subscriber_token,
    {{ mask_name('history.full_name') }} as masked_name,
    {{ mask_email('history.email') }} as masked_email,
    {{ mask_msisdn('history.msisdn') }} as masked_msisdn,
    history.city,
    history.region,
    -- Three digits name a district, five may name a household.
    substr(history.postal_code, 1, 3) as postal_district,
    cast(history.birth_year / 10 * 10 as integer) as birth_decade,
    history.segment,
    history.joined_at as customer_since,
    history.account_id,
    history.account_status,
    history.account_closed_at,
    history.plan_id,
    plan.plan_name,
    plan.monthly_fee_usd,
    history.is_deleted,
    history._bronze_ingested_at
from history
left join {{ ref('silver_plans') }} as plan on plan.plan_id = history.plan_id
