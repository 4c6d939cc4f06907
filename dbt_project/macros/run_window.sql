{# First event day and the one after the last of a backfill, as SQL dates. #}
{% macro is_backfill() -%}
    {{ return(run_setting('backfill_from') != '') }}
{%- endmacro %}

{% macro run_date() -%}
    {%- if run_setting('run_date') -%} date '{{ run_setting('run_date') }}' {%- else -%} current_date {%- endif -%}
{%- endmacro %}

{# Rows of silver that a run works on: all in a first run; a range of event days in a backfill; otherwise what arrived in
   the run's window. Late events are found by arrival, not by event time, so each changes its own day. #}
{% macro rows_to_process(event_date='event_date') -%}
    {%- if is_backfill() -%}
        {{ event_date }} >= date '{{ run_setting('backfill_from') }}' and {{ event_date }} < date '{{ run_setting('backfill_until') }}'
    {%- elif is_incremental() -%}
        {{ recently_ingested() }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro recently_ingested(column='_bronze_ingested_at') -%}
    {%- if run_setting('window_start') -%}
        {{ column }} >= timestamp '{{ run_setting('window_start') }} 00:00:00.000000 UTC'
    {%- else -%}
        {{ column }} >= cast(date_add('day', -{{ run_setting('lookback_days') }}, {{ run_date() }}) as timestamp(6) with time zone)
    {%- endif -%}
{%- endmacro %}

{# The same for tables without an event day (CRM, billing): a backfill works on all of them, they are small. #}
{% macro changes_to_process() -%}
    {%- if is_incremental() and not is_backfill() -%} {{ recently_ingested() }} {%- else -%} true {%- endif -%}
{%- endmacro %}

{# Rows of bronze that silver does not have yet, by their arrival: silver is made of bronze alone, so what is in it needs
   no second look. #}
{% macro new_changes() -%}
    {%- if is_incremental() and not is_backfill() and run_setting('new_since') -%}
        _bronze_ingested_at >= timestamp '{{ run_setting('new_since') }} UTC'
    {%- else -%}
        {{ changes_to_process() }}
    {%- endif -%}
{%- endmacro %}

{# Rows whose key is among those of changed rows; where all rows are worked on, all of them, without looking for keys. #}
{% macro of_changed(key, changed_keys) -%}
    {%- if is_incremental() and not is_backfill() -%} {{ key }} in ({{ changed_keys }}) {%- else -%} true {%- endif -%}
{%- endmacro %}

{# Event days that the run's rows touch, as a filter. `touched_days` is a setting of the run, so the days are literals and
   the engine skips all other partitions when it plans; a run that was not told them looks at all days. #}
{% macro touched_days(column='event_date') -%}
    {%- if is_incremental() and run_setting('touched_days') is not none -%}
        {{ days_filter(column, run_setting('touched_days')) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# First days of the months that the run's rows touch, likewise. #}
{% macro touched_months(column) -%}
    {%- if is_incremental() and run_setting('touched_days') is not none -%}
        {{ days_filter(column, months_of(run_setting('touched_days'))) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# All event days of these months. #}
{% macro days_of_touched_months() -%}
    {%- if is_incremental() and run_setting('touched_days') is not none -%}
        (
        {%- for month in months_of(run_setting('touched_days')) %}
            (event_date >= date '{{ month }}' and event_date < date_add('month', 1, date '{{ month }}')){{ ' or' if not loop.last }}
        {%- else %} false
        {%- endfor -%}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro months_of(days) -%}
    {%- set months = [] -%}
    {%- for day in days | sort if day[:7] ~ '-01' not in months -%}
        {%- do months.append(day[:7] ~ '-01') -%}
    {%- endfor -%}
    {{ return(months) }}
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

{# Dates that churn features are made for: `churn_horizon_days` apart, counted back from the run date, newest first. #}
{% macro feature_dates() -%}
    {%- set given = run_setting('run_date') -%}
    {%- set last = modules.datetime.date.fromisoformat(given) if given else run_started_at.date() -%}
    {%- set dates = [] -%}
    {%- for step in range(var('churn_feature_dates')) -%}
        {%- do dates.append((last - modules.datetime.timedelta(days=step * var('churn_horizon_days'))) | string) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
