{# Rows of a bronze event table that a statement of the run works on: the chunk's among those of the run. #}
{% macro bronze_events_of_run() -%}
    {{ bronze_events_of_days() }}
    {%- if is_limited_to_arrivals() %} and {{ new_to_silver() }}{% endif %} and {{ bronze_rows_of_chunk() }}
{%- endmacro %}

{# All rows of the days that a run makes again. It works on all of them or, if it knows what silver has, on the new ones
   among them. #}
{% macro bronze_events_of_days() -%}
    {%- set days = days_of_run() -%}
    {%- if days is none -%} true {%- else -%} {{ bronze_rows_of_days(days) }} {%- endif -%}
{%- endmacro %}
