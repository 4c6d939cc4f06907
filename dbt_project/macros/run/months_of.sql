{# First days (YYYY-MM-01) of the months that `days` (YYYY-MM-DD) lie in, in order, each once. #}
{% macro months_of(days) -%}
    {%- set months = [] -%}
    {%- for day in days | sort if day[:7] ~ '-01' not in months -%}
        {%- do months.append(day[:7] ~ '-01') -%}
    {%- endfor -%}
    {{ return(months) }}
{%- endmacro %}
