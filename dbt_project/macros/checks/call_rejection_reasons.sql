{# Names of the checks that a row of bronze.call_events fails. #}
{% macro call_rejection_reasons() -%}
    {{ rejection_reasons(subscriber_checks() + duration_checks() + [
        ('called_msisdn_not_digits', is_digits('called_msisdn', 3, 15)),
    ]) }}
{%- endmacro %}
