{# Keyed token of a phone number or another personal identifier: `<key id>:<HMAC-SHA-256>`.
   A plain digest of a ten-digit number is reversed by trying all of them; this needs the key. The key is read from
   `vault.pii_keys` inside the engine, so that it stands in no SQL text, log or manifest. #}
{% macro pii_token(column) -%}
    if({{ column }} is null, cast(null as varchar), (select concat(key_id, ':') from {{ source('vault', 'pii_keys') }} where is_current)
        || lower(to_hex(hmac_sha256(to_utf8({{ column }}), (select key from {{ source('vault', 'pii_keys') }} where is_current)))))
{%- endmacro %}

{# First letter and stars: enough to recognise a typo, not a person. #}
{% macro mask_name(column) -%}
    regexp_replace({{ column }}, '(\S)\S*', '$1***')
{%- endmacro %}

{# First letter of the mailbox, then the domain. #}
{% macro mask_email(column) -%}
    regexp_replace({{ column }}, '^(.)[^@]*@', '$1***@')
{%- endmacro %}

{# The last two digits only: leading digits give away number block and region. #}
{% macro mask_msisdn(column) -%}
    regexp_replace({{ column }}, '^\d*(\d{2})$', '***$1')
{%- endmacro %}
