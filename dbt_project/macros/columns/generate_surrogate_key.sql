{# SHA-256 over the parts of a key, as 64 hex digits. Parts are length-prefixed, so ('a', 'bc') and ('ab', 'c') differ;
   a null part is not the same as an empty one. #}
{% macro generate_surrogate_key(columns) -%}
    lower(to_hex(sha256(to_utf8(
    {%- for column in columns -%}
        coalesce(
            concat(cast(length(cast({{ column }} as varchar)) as varchar), ':', cast({{ column }} as varchar)), '~'
        )
        {%- if not loop.last %} || {% endif -%}
    {%- endfor -%}
    ))))
{%- endmacro %}
