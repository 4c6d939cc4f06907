{# Condition: the text is digits and nothing else, at least `min_length` and at most `max_length` of them. It is
   cheaper than a regular expression. #}
{% macro is_digits(column, min_length, max_length) -%}
    {{ return(
        "length(" ~ column ~ ") between " ~ min_length ~ " and " ~ max_length
        ~ " and trim(both '0123456789' from " ~ column ~ ") = ''"
    ) }}
{%- endmacro %}
