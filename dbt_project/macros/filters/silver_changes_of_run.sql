{# Rows of silver's customer history that a run works on: what arrived in the run's window, if silver is as the run before
   left it; otherwise all, because the table is small and has no event day. #}
{% macro silver_changes_of_run() -%}
    {%- if is_limited_to_arrivals() -%} {{ arrived_in_window() }} {%- else -%} true {%- endif -%}
{%- endmacro %}
