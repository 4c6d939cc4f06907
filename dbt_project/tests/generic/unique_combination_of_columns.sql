{# Data test of a model: no two rows have the same values in all of `columns`. #}
{% test unique_combination_of_columns(model, columns) -%}
    select {{ columns | join(', ') }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{%- endtest %}
