{# A person's names, each as its first letter and stars: enough to recognise a typo, not a person. A name of one letter,
   and what has anything but letters and the marks between them (a number, an address in the wrong field), is stars
   only. #}
{% macro mask_name(column) -%}
    if({{ column }} is not null, coalesce(
        regexp_replace(
            regexp_extract({{ column }}, '^[\p{L}\p{M}''’. -]*\p{L}[\p{L}\p{M}''’. -]*$'),
            '(?:(\p{L})[^ ]*\p{L}[^ ]*|[^ ]+)', '$1***'
        ),
        '***'
    ))
{%- endmacro %}
