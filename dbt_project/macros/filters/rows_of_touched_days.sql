{# All rows, in silver or gold, of the event days that the run's rows fall into: what is summed per day is summed from
   the whole day. The days are literals, so the engine skips all other partitions when it plans. #}
{% macro rows_of_touched_days(day_column='event_date') -%}
    {%- if has_touched_days() -%}
        {{ is_among_days(day_column, run_setting('touched_days')) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
