{# Day on which something happened, in the pipeline's time zone. #}
{% macro event_day(moment) -%}
    cast({{ moment }} at time zone '{{ run_setting('time_zone') }}' as date)
{%- endmacro %}
