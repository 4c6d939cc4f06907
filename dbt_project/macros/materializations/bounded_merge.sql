{# One MERGE of the rows that `sql` gives into the table `target`, by the model's `unique_key`. It
   - looks only at partitions that the run's rows fall into (`bound_by`: the partition column, bounded by literals, so
     that the engine prunes when it plans),
   - updates a row only if something in it differs: a rerun of the same day writes nothing,
   - lets the first arrival of an event win (`first_arrival_wins`): a copy that comes days later changes nothing. #}
{% macro bounded_merge(target, sql) -%}
    {%- set columns = model.columns.values() | map(attribute='name') | list -%}
    {%- set unique_key = config.require('unique_key') -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    merge into {{ target }} as existing
    using (select {{ columns | join(', ') }} from ({{ sql }})) as incoming
    on {% for key in keys %}existing.{{ key }} = incoming.{{ key }} and {% endfor %}{{ partition_bound() }}
    when matched and {{ update_condition(columns, keys) }} then update set
        {% for column in columns if column not in keys -%}
            {{ column }} = incoming.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor %}
    when not matched then insert ({{ columns | join(', ') }})
        values ({% for column in columns %}incoming.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# Condition on `existing` that no partition outside the run's days fulfils; true where the model names no `bound_by`.
   #}
{% macro partition_bound() -%}
    {%- set bound_by = config.get('bound_by') -%}
    {%- if bound_by == 'event_date' -%} {{ rows_of_touched_days('existing.event_date') }}
    {%- elif bound_by == 'month_start' -%} {{ monthly_rows_of_touched_months('existing.month_start') }}
    {%- elif bound_by == 'feature_date' -%} {{ is_among_days('existing.feature_date', feature_dates()) }}
    {%- elif bound_by -%}
        {{ exceptions.raise_compiler_error('bound_by is event_date, month_start or feature_date, not ' ~ bound_by) }}
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{# True for a row that differs and, where the first arrival wins, did not arrive after the one that is there. #}
{% macro update_condition(columns, keys) -%}
    {%- if config.get('first_arrival_wins') -%}
        incoming._bronze_ingested_at <= existing._bronze_ingested_at and
    {%- endif %} (
    {%- for column in columns if column not in keys -%}
        existing.{{ column }} is distinct from incoming.{{ column }}{{ ' or ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}
