{# First event day and the one after the last of a backfill, as SQL dates. #}
{% macro is_backfill() -%}
    {{ return(var('backfill_from') != '') }}
{%- endmacro %}

{% macro run_date() -%}
    {%- if var('run_date') -%} date '{{ var('run_date') }}' {%- else -%} current_date {%- endif -%}
{%- endmacro %}

{# Rows a run works on: all in a first run; a range of event days in a backfill; otherwise what arrived in the last
   `lookback_days`. Late events are found by arrival, not by event time, so each changes its own day. #}
{% macro rows_to_process(event_date='event_date') -%}
    {%- if is_backfill() -%}
        {{ event_date }} >= date '{{ var('backfill_from') }}' and {{ event_date }} < date '{{ var('backfill_until') }}'
    {%- elif is_incremental() -%}
        {{ recently_ingested() }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro recently_ingested(column='_bronze_ingested_at') -%}
    {{ column }} >= cast(date_add('day', -{{ var('lookback_days') }}, {{ run_date() }}) as timestamp(6) with time zone)
{%- endmacro %}

{# The same for tables without an event day (CRM, billing): a backfill works on all of them, they are small. #}
{% macro changes_to_process() -%}
    {%- if is_incremental() and not is_backfill() -%} {{ recently_ingested() }} {%- else -%} true {%- endif -%}
{%- endmacro %}

{# Event days that this run's rows touch in any of `relations`, as a filter on `event_date`. The days are looked up first
   and written as literals: only then does the engine skip all other partitions when it plans. #}
{% macro touched_days(relations, column='event_date') -%}
    {%- if is_incremental() and execute -%}
        {%- set days = run_query(touched_days_query(relations)).columns[0].values() -%}
        {{ days_filter(column, days) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro touched_days_query(relations) -%}
    {%- for relation in relations -%}
        select cast(event_date as varchar) as event_date from {{ relation }} where {{ rows_to_process() }} group by 1
        {%- if not loop.last %} union {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# A list of days while it is short, their range when it is long: a plan with thousands of literals is slower than one
   that reads a partition too many. #}
{% macro days_filter(column, days) -%}
    {%- if days | length == 0 -%}
        false
    {%- elif days | length <= 400 -%}
        {{ column }} in ({% for day in days | sort %}date '{{ day }}'{{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
        {{ column }} between date '{{ days | min }}' and date '{{ days | max }}'
    {%- endif -%}
{%- endmacro %}

{# Months that this run's rows touch, as a filter on the days of whole months. #}
{% macro touched_months(relation) -%}
    {%- if is_incremental() and execute -%}
        {%- set query -%}
            select cast(date_trunc('month', event_date) as varchar) from {{ relation }} where {{ rows_to_process() }} group by 1
        {%- endset -%}
        {%- set months = run_query(query).columns[0].values() -%}
        (
        {%- for month in months | sort %}
            (event_date >= date '{{ month }}' and event_date < date_add('month', 1, date '{{ month }}')){{ ' or' if not loop.last }}
        {%- else %} false
        {%- endfor -%}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
