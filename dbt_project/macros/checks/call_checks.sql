{# Checks of a row of bronze.call_events. #}
{% macro call_checks() -%}
    {{ return(subscriber_checks() + duration_checks() + [
        ('called_msisdn_not_digits', is_digits('called_msisdn', 3, 15)),
    ]) }}
{%- endmacro %}
