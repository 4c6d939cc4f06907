{# All rows, in silver or gold, of the event days that the run makes again. The days are literals, so the engine skips
   all other partitions when it plans. #}
{% macro rows_of_touched_days(day_column='event_date') -%}
    {%- set days = days_of_run() -%}
    {%- if days is none -%} true {%- else -%} {{ is_among_days(day_column, days) }} {%- endif -%}
{%- endmacro %}
