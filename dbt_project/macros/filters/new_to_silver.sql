{# Rows, of bronze or made of it, that silver did not have before this run, by their arrival. #}
{% macro new_to_silver() -%}
    _bronze_ingested_at >= timestamp '{{ run_setting('new_since') }} UTC'
{%- endmacro %}
