{# All rows of a bronze event table whose event day is one of `days`. Bronze is partitioned by the day of `event_time` in
   UTC, and no zone is more than 14 hours off it: ranges of times come first, so that the engine skips all other
   partitions when it plans. #}
{% macro bronze_rows_of_days(days) -%}
    {%- if days | length == 0 -%}
        false
    {%- else -%}
        (
        {%- for first, last in unbroken(days) %}
            (
                event_time >= timestamp '{{ first }} 00:00:00 UTC' - interval '14' hour
                and event_time < timestamp '{{ last }} 00:00:00 UTC' + interval '38' hour
            ){{ ' or' if not loop.last }}
        {%- endfor %}
        )
        and {{ is_among_days(event_day('event_time'), days) }}
    {%- endif -%}
{%- endmacro %}
