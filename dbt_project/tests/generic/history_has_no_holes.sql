{# Test of a dimension with history: the versions of each `key` follow each other without hole or overlap, and exactly
   the last one is current. #}
{% test history_has_no_holes(model, key) %}
with versions as (
    select
        {{ key }}, valid_from, valid_to, is_current,
        lead(valid_from) over (partition by {{ key }} order by valid_from) as next_valid_from
    from {{ model }}
)

select * from versions
where
    valid_to <= valid_from
    or (next_valid_from is not null and valid_to <> next_valid_from)
    or is_current <> (next_valid_from is null)
{% endtest %}
