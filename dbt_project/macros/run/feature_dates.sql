{# Dates that churn features are made for, as strings, newest first: the run date, which is to be scored, and before it
   the newest dates of a fixed grid, `churn_horizon_days` apart and the same whatever day the run is for. What happens
   within the horizon of one grid date happens within that of no other, so outcomes to learn from and to judge by never
   overlap. #}
{% macro feature_dates() -%}
    {%- set given = run_setting('run_date') -%}
    {%- set last = modules.datetime.date.fromisoformat(given) if given else run_started_at.date() -%}
    {%- set horizon = var('churn_horizon_days') -%}
    {%- set newest_on_grid = last - modules.datetime.timedelta(days=last.toordinal() % horizon) -%}
    {%- set dates = [last | string] -%}
    {%- for step in range(var('churn_feature_dates')) -%}
        {%- set date = (newest_on_grid - modules.datetime.timedelta(days=step * horizon)) | string -%}
        {%- if date not in dates -%} {%- do dates.append(date) -%} {%- endif -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
