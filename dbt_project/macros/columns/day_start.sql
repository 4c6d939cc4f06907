{# Moment at which a day begins in the pipeline's time zone. #}
{% macro day_start(day) -%}
    with_timezone(cast({{ day }} as timestamp(6)), '{{ run_setting('time_zone') }}')
{%- endmacro %}
