{{ config(unique_key='tower_key') }}

select
    {{ generate_surrogate_key(['tower_id']) }} as tower_key,
    cast(tower_id as varchar) as tower_id,
    cast(region as varchar) as region,
    cast(city as varchar) as city,
    cast(latitude as double) as latitude,
    cast(longitude as double) as longitude,
    cast(radio_access as varchar) as radio_access,
    cast(capacity_users as integer) as capacity_users
from {{ ref('towers_seed') }}
