{# Checks of every event: it has an id, and a time that is possible. A clock may run ahead by a day. #}
{% macro identity_checks() -%}
    {{ return([
        ('event_id_missing', "length(event_id) > 0"),
        (
            'event_time_implausible',
            "event_time between timestamp '2000-01-01 00:00:00 UTC' and _bronze_ingested_at + interval '1' day",
        ),
    ]) }}
{%- endmacro %}
