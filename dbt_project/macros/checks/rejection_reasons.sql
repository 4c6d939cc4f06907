{# Array of the names of those `checks` that a row fails, in their order: the most basic check comes first, and its
   name becomes the row's `reason`. A check is a pair of a name and a condition; an unknown condition (null) counts as
   failed. #}
{% macro rejection_reasons(checks) -%}
    filter(array[
    {%- for reason, condition in checks -%}
        if(coalesce({{ condition }}, false), cast(null as varchar), '{{ reason }}'){{ ', ' if not loop.last }}
    {%- endfor -%}
    ], reason -> reason is not null)
{%- endmacro %}

{# True for a row that passes all of `checks`; an unknown condition (null) counts as failed. It takes half the time of
   naming the checks that fail, which few rows do. #}
{% macro passes(checks) -%}
    coalesce({% for _, condition in checks %}({{ condition }}){{ ' and ' if not loop.last }}{% endfor %}, false)
{%- endmacro %}
