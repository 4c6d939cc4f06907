{# Query of the days of `dim_date` (`date_day`): whole years, from the first event's to some after today's. A run that
   was not told its years takes five on each side of today. Year by year, because a sequence has at most 10,000 entries. #}
{% macro calendar_days() -%}
    {%- set first = run_setting('calendar_first_year') or run_started_at.year - 5 -%}
    {%- set last = run_setting('calendar_last_year') or run_started_at.year + 5 -%}
    select date_day
    from (
        select date_add('year', years_later, date '{{ first }}-01-01') as year_start
        from unnest(sequence(0, {{ last - first }})) as steps (years_later)
    )
    cross join unnest(
        sequence(year_start, date_add('day', -1, date_add('year', 1, year_start)), interval '1' day)
    ) as days (date_day)
{%- endmacro %}
