{# True when the run takes only rows that silver does not have yet, because it was told when those arrived
   (`new_since`). Otherwise it works on whole days, or on whole tables that have no days. The first run of a table and a
   backfill are never limited. #}
{% macro is_limited_to_arrivals() -%}
    {{ return(is_incremental() and not is_backfill() and run_setting('new_since') != '') }}
{%- endmacro %}
