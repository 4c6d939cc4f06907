{# A mail address as the first letter of its mailbox, stars, and its domain. #}
{% macro mask_email(column) -%}
    regexp_replace({{ column }}, '^(.)[^@]*@', '$1***@')
{%- endmacro %}
