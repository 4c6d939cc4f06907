{# Names of the checks that a row of bronze.data_session_events fails. #}
{% macro data_session_rejection_reasons() -%}
    {{ rejection_reasons(subscriber_checks() + duration_checks() + [
        ('bytes_negative', "bytes_up >= 0 and bytes_down >= 0"),
    ]) }}
{%- endmacro %}
