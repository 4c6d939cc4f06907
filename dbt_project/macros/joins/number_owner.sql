{# Join of `events` (an alias, with `subscriber_token` and `event_time`) with the owner that the number had when the event
   happened, as `owner`. It never matches twice, because a number has one owner at a time. #}
{% macro number_owner(events) -%}
    left join {{ ref('dim_number_owners') }} as owner
        on owner.subscriber_token = {{ events }}.subscriber_token and {{ valid_at('owner', events ~ '.event_time') }}
{%- endmacro %}
