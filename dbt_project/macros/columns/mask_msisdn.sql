{# A phone number as stars and its last two digits: leading digits give away number block and region. What is no
   number, in whatever spelling, is stars only. #}
{% macro mask_msisdn(column) -%}
    if({{ column }} is not null, coalesce(
        '***' || regexp_extract({{ without_separators(column) }}, '^\+?[0-9]{5,15}([0-9]{2})$', 1), '***'
    ))
{%- endmacro %}
