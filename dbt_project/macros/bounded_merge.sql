{# Incremental strategy `bounded_merge`: one atomic MERGE that
   - looks only at partitions the new rows fall into (`bound_by`: the partition column; its values are looked up in the
     temporary table and written as literals, so that the engine prunes when it plans),
   - updates a row only if something in it differs: a rerun of the same day writes nothing,
   - lets the first arrival of an event win (`first_arrival_wins`): a copy that comes days later changes nothing. #}
{% macro get_incremental_bounded_merge_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set keys = [arg_dict['unique_key']] if arg_dict['unique_key'] is string else arg_dict['unique_key'] -%}
    merge into {{ target }} as existing
    using {{ source }} as incoming
    on {% for key in keys %}existing.{{ key }} = incoming.{{ key }} and {% endfor %}{{ partition_bound(source) }}
    when matched and {{ update_condition(columns, keys) }} then update set
        {% for column in columns if column not in keys %}{{ column }} = incoming.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    when not matched then insert ({{ columns | join(', ') }})
        values ({% for column in columns %}incoming.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro partition_bound(source) -%}
    {%- set bound_by = config.get('bound_by') -%}
    {%- if bound_by -%}
        {%- set days = run_query('select distinct cast(' ~ bound_by ~ ' as varchar) from ' ~ source).columns[0].values() -%}
        {{ days_filter('existing.' ~ bound_by, days) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro update_condition(columns, keys) -%}
    {%- if config.get('first_arrival_wins') %}incoming._bronze_ingested_at <= existing._bronze_ingested_at and {% endif -%}
    ({% for column in columns if column not in keys %}existing.{{ column }} is distinct from incoming.{{ column }}{{ ' or ' if not loop.last }}{% endfor %})
{%- endmacro %}
