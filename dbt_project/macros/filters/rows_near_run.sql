{# Rows of a silver event table where the run looks for an event that arrives again: those of its own days, and of all
   days from its window on. #}
{% macro rows_near_run() -%}
    {%- if days_of_run() is none -%}
        true
    {%- else -%}
        ({{ rows_of_touched_days() }} or event_date >= {{ window_start() }})
    {%- endif -%}
{%- endmacro %}
