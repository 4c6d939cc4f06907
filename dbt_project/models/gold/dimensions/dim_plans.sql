{{ config(unique_key='plan_key') }}

{# Price list as a slowly changing dimension of type 2: what a plan costs and holds, from `valid_from` (inclusive) to
   `valid_to` (exclusive). The first version is valid from the beginning. #}

select
    {{ generate_surrogate_key(['plan_id', 'changed_at']) }} as plan_key,
    plan_id,
    cast(row_number() over history as integer) as version_number,
    if(lag(changed_at) over history is null, {{ beginning_of_time() }}, changed_at) as valid_from,
    coalesce(lead(changed_at) over history, {{ end_of_time() }}) as valid_to,
    lead(changed_at) over history is null as is_current,
    last_value(plan_name) ignore nulls over history as plan_name,
    last_value(monthly_fee_usd) ignore nulls over history as monthly_fee_usd,
    last_value(included_minutes) ignore nulls over history as included_minutes,
    last_value(included_gigabytes) ignore nulls over history as included_gigabytes,
    is_deleted,
    _bronze_ingested_at
from {{ ref('silver_plans') }}
window history as (partition by plan_id order by changed_at)
