{# Query of the public holidays of the pipeline's calendar, `date_day` and `holiday_name`, each day once. #}
{% macro public_holidays() -%}
    {%- set known = run_setting('public_holidays') -%}
    {%- if known -%}
        select * from (values
        {%- for day, name in known %} (date '{{ day }}', '{{ name | replace("'", "''") }}'){{ ',' if not loop.last }}
        {%- endfor %}) as known (date_day, holiday_name)
    {%- else -%}
        select cast(null as date) as date_day, cast(null as varchar) as holiday_name where false
    {%- endif -%}
{%- endmacro %}
