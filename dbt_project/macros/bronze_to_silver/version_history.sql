{# History of the rows of a CRM or billing table: one row per `key` and moment of change, with `columns`, `is_deleted`,
   `changed_at` and the arrival. `changed_keys` (a query) names the keys whose history the run needs; without it, all.

   The ingestor says since when a version holds (`_effective_at`). Versions from before it did hold from their
   `updated_at`, or from their arrival where that was earlier or is all there is. Of several changes in the same instant
   the last transaction counts. #}
{% macro version_history(source, key, columns, changed_keys=none) -%}
    select
        {{ key }},
        {% for column in columns %}{{ column }},
        {% endfor -%}
        _source_deleted as is_deleted,
        changed_at,
        _bronze_ingested_at
    from (
        select
            *,
            row_number() over (
                partition by {{ key }}, changed_at
                order by _source_deleted desc, _source_transaction desc, _bronze_ingested_at desc
            ) as recency
        from (select *, {{ holds_from() }} as changed_at from {{ source }})
        where {{ versions_of_changed(key, changed_keys) if changed_keys else 'true' }}
    )
    where recency = 1
{%- endmacro %}

{# Moment from which a version in a bronze CRM or billing table holds. #}
{% macro holds_from() -%}
    coalesce(_effective_at, least(coalesce(updated_at, _bronze_ingested_at), _bronze_ingested_at))
{%- endmacro %}
