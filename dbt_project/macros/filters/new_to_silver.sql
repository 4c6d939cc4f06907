{# Rows of bronze that silver does not have yet, by their arrival: silver is made of bronze alone, so what is in it
   needs no second look. A run that was not told where silver ends looks at its whole window. #}
{% macro new_to_silver() -%}
    {%- if run_setting('new_since') -%}
        _bronze_ingested_at >= timestamp '{{ run_setting('new_since') }} UTC'
    {%- else -%}
        {{ arrived_in_window() }}
    {%- endif -%}
{%- endmacro %}
