{# Rows of a bronze CRM or billing table that a run works on: in a first run all, in a backfill too (the tables are
   small and have no event day), otherwise what silver does not have yet. #}
{% macro bronze_changes_of_run() -%}
    {%- if is_limited_to_arrivals() -%} {{ new_to_silver() }} {%- else -%} true {%- endif -%}
{%- endmacro %}
