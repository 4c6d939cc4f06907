{# In place of dbt's own: in a test's `where`, the words `rows_of_run` and `arrived_in_window` stand for the filters that
   bound the test to what a run works on. A nightly test must not read all of history. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- if where -%}
        {%- set bounds = {'rows_of_run': rows_of_run(relation), 'arrived_in_window': arrived_in_window()} -%}
        {%- set bounded = namespace(where=where) -%}
        {%- for word, condition in bounds.items() -%}
            {%- set bounded.where = bounded.where.replace(word, condition) -%}
        {%- endfor -%}
        (select * from {{ relation }} where {{ bounded.where }}) as tested
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# Rows of the event days that the run made again in `relation`, all where it was not told which. #}
{% macro rows_of_run(relation) -%}
    {%- set days = given_days(relation.schema) -%}
    {%- if days is none -%} true {%- else -%} {{ is_among_days('event_date', days) }} {%- endif -%}
{%- endmacro %}
