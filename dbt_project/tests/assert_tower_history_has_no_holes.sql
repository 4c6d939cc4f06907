-- Versions of a tower follow each other without hole or overlap, and exactly the last one is current.
with versions as (
    select
        tower_id, valid_from, valid_to, is_current,
        lead(valid_from) over (partition by tower_id order by valid_from) as next_valid_from
    from {{ ref('dim_towers') }}
)

select * from versions
where
    valid_to <= valid_from
    or (next_valid_from is not null and valid_to <> next_valid_from)
    or is_current <> (next_valid_from is null)
