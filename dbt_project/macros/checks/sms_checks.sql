{# Checks of a row of bronze.sms_events. #}
{% macro sms_checks() -%}
    {{ return(subscriber_checks() + [
        ('other_msisdn_not_digits', is_digits('other_msisdn', 3, 15)),
        ('part_count_not_positive', "part_count > 0"),
    ]) }}
{%- endmacro %}
