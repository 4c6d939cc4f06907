{# Rows of a bronze CRM or billing table that a run works on: what silver does not have yet, if the run knows that;
   otherwise all, because the tables are small and have no event day. #}
{% macro bronze_changes_of_run() -%}
    {%- if is_limited_to_arrivals() -%} {{ new_to_silver() }} {%- else -%} true {%- endif -%}
{%- endmacro %}
