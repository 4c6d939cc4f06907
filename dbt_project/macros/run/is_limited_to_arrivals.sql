{# True when the run works on newly arrived rows only: it is neither the first one of its table nor a backfill. #}
{% macro is_limited_to_arrivals() -%}
    {{ return(is_incremental() and not is_backfill()) }}
{%- endmacro %}
