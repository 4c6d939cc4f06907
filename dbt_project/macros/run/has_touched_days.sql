{# True when the run was told which event days its rows fall into, and the table has other days that can be left out.
   #}
{% macro has_touched_days() -%}
    {{ return(is_incremental() and run_setting('touched_days') is not none) }}
{%- endmacro %}
