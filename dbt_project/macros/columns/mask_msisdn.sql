{# A phone number as stars and its last two digits: leading digits give away number block and region. #}
{% macro mask_msisdn(column) -%}
    regexp_replace({{ column }}, '^\d*(\d{2})$', '***$1')
{%- endmacro %}
