{# What a table is merged with: the rows of `sql` and, with `is_gone`, the keys of rows of `target` that are to be
   deleted, because the query covers them and does not yield them. It covers

   - the partitions that the run makes again, if it yields all of their rows,
   - else all rows that have a value in `complete_per`, a column, in common with a row of the query,
   - and, in quarantine, events that the silver table `accepted_in` has now, whatever their day. #}
{% macro merge_source(target, sql, columns, keys, retracts_accepted) -%}
    {%- set group = config.get('complete_per') if is_partial() else none -%}
    {%- set covered = 'true' if group else covered_rows(target, retracts_accepted) -%}
    {%- if covered == 'false' -%}
        select {{ columns | join(', ') }}, false as is_gone from ({{ sql }})
    {%- else -%}
        select {{ columns | join(', ') }}, is_gone
        from (
            select
                {% for column in columns -%}
                    {{ 'coalesce(made.' ~ column ~ ', existing.' ~ column ~ ')' if column in keys else 'made.' ~ column }}
                    as {{ column }},
                {% endfor -%}
                made.is_made is null as is_gone,
                {{ 'bool_or(made.is_made) over (partition by coalesce(made.' ~ group ~ ', existing.' ~ group ~ '))'
                    if group else 'true' }} as is_covered
            from (select {{ columns | join(', ') }}, true as is_made from ({{ sql }})) as made
            full outer join (
                select {{ (keys + ([group] if group and group not in keys else [])) | join(', ') }}
                from {{ target }} as existing
                where {{ covered }}
            ) as existing
                on {% for key in keys %}made.{{ key }} = existing.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
        )
        where is_covered
    {%- endif -%}
{%- endmacro %}

{# Condition on `existing`: rows that are gone unless the query yields them. #}
{% macro covered_rows(target, retracts_accepted) -%}
    {%- set conditions = [] if is_partial() else ['(' ~ partition_bound() ~ ')'] -%}
    {%- if config.get('accepted_in') and retracts_accepted -%}
        {%- do conditions.append(has_been_accepted(target, 'existing.event_id')) -%}
    {%- endif -%}
    {{ return(conditions | join(' or ') or 'false') }}
{%- endmacro %}

{# Condition: the silver table `accepted_in` has taken the event on one of the run's days. Only ids that quarantine has
   are kept in memory. #}
{% macro has_been_accepted(target, event_id) -%}
    {{ event_id }} in (
        select event_id
        from {{ this.incorporate(path={'identifier': config.get('accepted_in')}) }}
        where
            {{ rows_of_touched_days() }}
            {%- if is_partial() %} and {{ new_to_silver() }}{% endif %}
            and event_id in (select event_id from {{ target }})
    )
{%- endmacro %}
