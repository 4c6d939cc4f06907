{# How incremental models are built, in place of the adapter's way (a temporary table and a dozen statements): one look at
   the table's columns, then one atomic MERGE that
   - looks only at partitions the run's rows fall into (`bound_by`: the partition column, bounded by literals, so that the
     engine prunes when it plans),
   - updates a row only if something in it differs: a rerun of the same day writes nothing,
   - lets the first arrival of an event win (`first_arrival_wins`): a copy that comes days later changes nothing.
   A column that the contract has and the table lacks is added. The contract is checked when a table is created; later the
   MERGE names its columns and the table holds its types. #}
{% materialization incremental, adapter='trino', supported_languages=['sql'] -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set origin = build_origin() -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is none or should_full_refresh() -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, target, compiled_code, 'replace') }}
        {%- endcall -%}
        {%- do note_origin(target, origin) -%}
    {%- elif is_built_from(target, origin) -%}
        {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {%- else -%}
        {%- do add_new_columns(target) -%}
        {%- call statement('main') -%}
            {{ bounded_merge(target, compiled_code) }}
        {%- endcall -%}
        {%- do note_origin(target, origin) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% macro add_new_columns(target) -%}
    {%- set present = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
    {%- for column in model.columns.values() if column.name not in present -%}
        {%- do run_query('alter table ' ~ target ~ ' add column ' ~ column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro bounded_merge(target, sql) -%}
    {%- set columns = model.columns.values() | map(attribute='name') | list -%}
    {%- set unique_key = config.require('unique_key') -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    merge into {{ target }} as existing
    using (select {{ columns | join(', ') }} from ({{ sql }})) as incoming
    on {% for key in keys %}existing.{{ key }} = incoming.{{ key }} and {% endfor %}{{ partition_bound() }}
    when matched and {{ update_condition(columns, keys) }} then update set
        {% for column in columns if column not in keys %}{{ column }} = incoming.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    when not matched then insert ({{ columns | join(', ') }})
        values ({% for column in columns %}incoming.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro partition_bound() -%}
    {%- set bound_by = config.get('bound_by') -%}
    {%- if bound_by == 'event_date' -%} {{ touched_days('existing.event_date') }}
    {%- elif bound_by == 'month_start' -%} {{ touched_months('existing.month_start') }}
    {%- elif bound_by == 'feature_date' -%} {{ days_filter('existing.feature_date', feature_dates()) }}
    {%- elif bound_by -%}
        {{ exceptions.raise_compiler_error('bound_by: ' ~ bound_by ~ ' is none of event_date, month_start, feature_date') }}
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro update_condition(columns, keys) -%}
    {%- if config.get('first_arrival_wins') %}incoming._bronze_ingested_at <= existing._bronze_ingested_at and {% endif -%}
    ({% for column in columns if column not in keys %}existing.{{ column }} is distinct from incoming.{{ column }}{{ ' or ' if not loop.last }}{% endfor %})
{%- endmacro %}
