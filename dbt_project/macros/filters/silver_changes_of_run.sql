{# Rows of silver's customer history that a run works on: in a first run all, in a backfill too (the table is small and
   has no event day), otherwise what arrived in the run's window. #}
{% macro silver_changes_of_run() -%}
    {%- if is_limited_to_arrivals() -%} {{ arrived_in_window() }} {%- else -%} true {%- endif -%}
{%- endmacro %}
