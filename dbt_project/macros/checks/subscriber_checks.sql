{# Checks of every event of a subscriber: calls, messages and data sessions. #}
{% macro subscriber_checks() -%}
    {{ return(identity_checks() + [
        ('msisdn_not_e164', is_digits('msisdn', 7, 15) ~ " and msisdn >= '1'"),
        ('imsi_not_15_digits', is_digits('imsi', 15, 15)),
        ('imei_check_digit_wrong', "if(" ~ is_digits('imei', 15, 15) ~ ", luhn_check(imei), false)"),
    ] + position_checks() + [
        ('revenue_negative', "revenue_usd >= 0"),
    ]) }}
{%- endmacro %}
