{# A mail address as the first letter of its mailbox, stars, and its domain. A mailbox of one letter, and text that is
   not a plain address, are stars only. #}
{% macro mask_email(column) -%}
    if({{ column }} is not null, coalesce(
        regexp_replace(
            regexp_extract({{ column }}, '^[^@\s"<>]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$'), '^(?:(.)[^@]+|[^@])@', '$1***@'
        ),
        '***'
    ))
{%- endmacro %}
