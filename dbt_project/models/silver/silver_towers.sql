{{ config(unique_key=['tower_id', 'changed_at']) }}

{# One row per tower and moment of change, each with everything that the inventory said from then on. The inventory is
   small, so its whole history is read each time and the order of arrival does not matter. A row that is gone from the
   source is a retired tower. #}

select
    tower_id,
    changed_at,
    last_value(region) ignore nulls over so_far as region,
    last_value(city) ignore nulls over so_far as city,
    last_value(latitude) ignore nulls over so_far as latitude,
    last_value(longitude) ignore nulls over so_far as longitude,
    last_value(radio_access) ignore nulls over so_far as radio_access,
    last_value(capacity_users) ignore nulls over so_far as capacity_users,
    if(is_deleted, changed_at, retired_at) as retired_at,
    is_deleted,
    _bronze_ingested_at
from (
    {{ version_history(ref('bronze_network_towers'), 'tower_id', [
        'region', 'city', 'latitude', 'longitude', 'radio_access', 'capacity_users', 'retired_at',
    ]) }}
)
window so_far as (partition by tower_id order by changed_at rows unbounded preceding)
