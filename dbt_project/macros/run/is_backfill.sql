{# True when the run works on a range of event days instead of newly arrived rows. #}
{% macro is_backfill() -%}
    {{ return(run_setting('backfill_from') != '') }}
{%- endmacro %}
