{# Checks of a row of bronze.network_probe_events. A dropped call may have been set up before the
   reading began, so it is not counted against the attempts alone. #}
{% macro network_probe_checks() -%}
    {{ return(identity_checks() + [
        ('tower_id_missing', "length(tower_id) > 0"),
        ('load_out_of_range', "load_percent between 0 and 100"),
        ('counts_negative', "active_users >= 0 and call_attempts >= 0 and dropped_calls >= 0"),
        ('more_dropped_than_attempted', "dropped_calls <= call_attempts + active_users"),
        ('latency_negative', "latency_ms >= 0"),
    ] + position_checks()) }}
{%- endmacro %}
