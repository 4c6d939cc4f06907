{# The bronze table that a run reads, pinned to a snapshot if the run names one. #}
{% macro bronze_table(name) -%}
    {%- set snapshot = run_setting('bronze_snapshots').get(name) -%}
    {{ source('bronze', name) }}{% if snapshot %} for version as of {{ snapshot }}{% endif %}
{%- endmacro %}
