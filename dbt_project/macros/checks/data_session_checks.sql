{# Checks of a row of bronze.data_session_events. #}
{% macro data_session_checks() -%}
    {{ return(subscriber_checks() + duration_checks() + [
        ('bytes_negative', "bytes_up >= 0 and bytes_down >= 0"),
    ]) }}
{%- endmacro %}
