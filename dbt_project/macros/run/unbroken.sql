{# First and last day of each series of `days` (YYYY-MM-DD) without a gap, in order. If there were more than 400 of them,
   which makes a plan slow, one series from the first day to the last stands for all. #}
{% macro unbroken(days) -%}
    {%- set series = [] -%}
    {%- for day in days | sort -%}
        {%- set before = modules.datetime.date.fromisoformat(day) - modules.datetime.timedelta(days=1) -%}
        {%- if series and series[-1][1] in (before | string, day) -%}
            {%- do series.append((series.pop()[0], day)) -%}
        {%- else -%}
            {%- do series.append((day, day)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(series if series | length <= 400 else [(days | min, days | max)]) }}
{%- endmacro %}
