{# Dates that churn features are made for, as strings, newest first: `churn_horizon_days` apart, counted back from the
   run date. #}
{% macro feature_dates() -%}
    {%- set given = run_setting('run_date') -%}
    {%- set last = modules.datetime.date.fromisoformat(given) if given else run_started_at.date() -%}
    {%- set dates = [] -%}
    {%- for step in range(var('churn_feature_dates')) -%}
        {%- do dates.append((last - modules.datetime.timedelta(days=step * var('churn_horizon_days'))) | string) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
