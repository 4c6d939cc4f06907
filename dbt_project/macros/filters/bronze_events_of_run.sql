{# Rows of a bronze event table that a run works on: all of the days that it makes again or, if it knows what silver has,
   the new ones among them. #}
{% macro bronze_events_of_run() -%}
    {%- set days = days_of_run() -%}
    {%- if days is none -%} true {%- else -%} {{ bronze_rows_of_days(days) }} {%- endif -%}
    {%- if is_limited_to_arrivals() %} and {{ new_to_silver() }}{% endif %} and {{ bronze_rows_of_chunk() }}
{%- endmacro %}
