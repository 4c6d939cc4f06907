{{ config(unique_key='tower_key') }}

{# Slowly changing dimension, type 2, as `dim_customers`, but the first version is valid from the beginning: a tower
   that enters the inventory late was there when it carried its first call. #}

select
    {{ generate_surrogate_key(['tower_id', 'changed_at']) }} as tower_key,
    tower_id,
    cast(row_number() over history as integer) as version_number,
    if(row_number() over history = 1, {{ beginning_of_time() }}, changed_at) as valid_from,
    coalesce(lead(changed_at) over history, {{ end_of_time() }}) as valid_to,
    lead(changed_at) over history is null as is_current,
    region,
    city,
    latitude,
    longitude,
    radio_access,
    capacity_users,
    retired_at,
    _bronze_ingested_at
from {{ ref('silver_towers') }}
window history as (partition by tower_id order by changed_at)
