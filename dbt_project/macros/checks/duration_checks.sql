{# Checks of every event that lasts: calls and data sessions. #}
{% macro duration_checks() -%}
    {{ return([
        ('duration_negative', "duration_seconds >= 0"),
        ('ends_before_it_starts', "end_time >= start_time"),
    ]) }}
{%- endmacro %}
