{# Moment, in UTC, at which the hour began that something happened in. Hours are those of the pipeline's time zone: some
   zones are half an hour off. #}
{% macro event_hour(moment) -%}
    date_trunc('hour', {{ moment }} at time zone '{{ run_setting('time_zone') }}') at time zone 'UTC'
{%- endmacro %}
