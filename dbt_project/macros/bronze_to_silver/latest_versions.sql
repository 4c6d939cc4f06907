{# Newest version of every row of a CRM or billing table that the run's changes touch: `key`, `columns`, `is_deleted`
   and the arrival. The newest is the one that arrived last, whatever its `updated_at` says: each run of the ingestor
   brings what the source then has. A tombstone keeps the last known values and sets `is_deleted`, so that what was
   billed stays countable. #}
{% macro latest_versions(bronze, key, columns) -%}
    select
        {{ key }},
        {% for column in columns %}{{ column }},
        {% endfor -%}
        is_deleted,
        last_ingested_at as _bronze_ingested_at
    from (
        select
            {{ key }},
            {% for column in columns %}{{ column }},
            {% endfor -%}
            _source_deleted,
            first_value(_source_deleted) over (
                partition by {{ key }} order by _bronze_ingested_at desc, _source_transaction desc
            ) as is_deleted,
            max(_bronze_ingested_at) over (partition by {{ key }}) as last_ingested_at,
            row_number() over (
                partition by {{ key }}
                order by _source_deleted, _bronze_ingested_at desc, _source_transaction desc
            ) as recency
        from {{ bronze }}
        where {{ versions_of_changed(key, 'select ' ~ key ~ ' from ' ~ bronze ~ ' where ' ~ bronze_changes_of_run()) }}
    )
    where recency = 1
{%- endmacro %}
