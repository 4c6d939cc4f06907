{# All versions, in bronze or silver, of what the run's rows change: rows whose `key` is among `changed_keys` (a
   query). Where a run works on all rows, these are all versions, and no key is looked for. #}
{% macro versions_of_changed(key, changed_keys) -%}
    {%- if is_limited_to_arrivals() -%} {{ key }} in ({{ changed_keys }}) {%- else -%} true {%- endif -%}
{%- endmacro %}
