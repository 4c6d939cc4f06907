{# A person's names, each as its first letter and stars: enough to recognise a typo, not a person. #}
{% macro mask_name(column) -%}
    regexp_replace({{ column }}, '(\S)\S*', '$1***')
{%- endmacro %}
