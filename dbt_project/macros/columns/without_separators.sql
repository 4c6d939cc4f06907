{# A phone number without what people put between its digits: blanks, brackets, dots, slashes and dashes of all kinds.
   #}
{% macro without_separators(column) -%}
    regexp_replace({{ column }}, '{{ run_setting('phone_numbers')['separators'] }}')
{%- endmacro %}
