{# Each macro gives an array of the checks a row fails, most basic first. Unknown (null) counts as failed. #}

{% macro reasons(checks) -%}
    filter(array[
    {%- for reason, condition in checks -%}
        if(coalesce({{ condition }}, false), cast(null as varchar), '{{ reason }}'){{ ', ' if not loop.last }}
    {%- endfor -%}
    ], reason -> reason is not null)
{%- endmacro %}

{# Digits and nothing else, so many of them: cheaper than a regular expression. #}
{% macro digits(column, least, most) -%}
    {{ return("length(" ~ column ~ ") between " ~ least ~ " and " ~ most ~ " and trim(both '0123456789' from " ~ column ~ ") = ''") }}
{%- endmacro %}

{% macro subscriber_checks() -%}
    {{ return([
        ('event_id_missing', "length(event_id) > 0"),
        ('event_time_implausible', "event_time between timestamp '2000-01-01 00:00:00 UTC' and _bronze_ingested_at + interval '1' day"),
        ('msisdn_not_e164', digits('msisdn', 7, 15) ~ " and msisdn >= '1'"),
        ('imsi_not_15_digits', digits('imsi', 15, 15)),
        ('imei_check_digit_wrong', digits('imei', 15, 15) ~ " and try(luhn_check(imei))"),
        ('position_off_the_map', "latitude between -90 and 90 and longitude between -180 and 180"),
        ('revenue_negative', "revenue_usd >= 0"),
    ]) }}
{%- endmacro %}

{% macro duration_checks() -%}
    {{ return([
        ('duration_negative', "duration_seconds >= 0"),
        ('ends_before_it_starts', "end_time >= start_time"),
    ]) }}
{%- endmacro %}

{% macro call_rejection_reasons() -%}
    {{ reasons(subscriber_checks() + duration_checks() + [
        ('called_msisdn_not_digits', digits('called_msisdn', 3, 15)),
    ]) }}
{%- endmacro %}

{% macro sms_rejection_reasons() -%}
    {{ reasons(subscriber_checks() + [
        ('other_msisdn_not_digits', digits('other_msisdn', 3, 15)),
        ('part_count_not_positive', "part_count > 0"),
    ]) }}
{%- endmacro %}

{% macro data_session_rejection_reasons() -%}
    {{ reasons(subscriber_checks() + duration_checks() + [
        ('bytes_negative', "bytes_up >= 0 and bytes_down >= 0"),
    ]) }}
{%- endmacro %}

{% macro network_probe_rejection_reasons() -%}
    {{ reasons([
        ('event_id_missing', "length(event_id) > 0"),
        ('event_time_implausible', "event_time between timestamp '2000-01-01 00:00:00 UTC' and _bronze_ingested_at + interval '1' day"),
        ('tower_id_missing', "length(tower_id) > 0"),
        ('load_out_of_range', "load_percent between 0 and 100"),
        ('counts_negative', "active_users >= 0 and call_attempts >= 0 and dropped_calls >= 0"),
        ('more_dropped_than_attempted', "dropped_calls <= call_attempts + active_users"),
        ('latency_negative', "latency_ms >= 0"),
        ('position_off_the_map', "latitude between -90 and 90 and longitude between -180 and 180"),
    ]) }}
{%- endmacro %}
