{# Keyed token of a phone number or another personal identifier: `<key id>:<HMAC-SHA-256>`. Null stays null. Whoever
   tries all ten-digit numbers can reverse a plain digest; reversing this one takes the key as well. The engine reads
   the key from `vault.pii_keys`, so that it stands in no SQL text, log or manifest. #}
{% macro pii_token(column) -%}
    if(
        {{ column }} is null,
        cast(null as varchar),
        (select concat(key_id, ':') from {{ source('vault', 'pii_keys') }} where is_current)
        || lower(to_hex(hmac_sha256(
            to_utf8({{ column }}), (select key from {{ source('vault', 'pii_keys') }} where is_current)
        )))
    )
{%- endmacro %}
