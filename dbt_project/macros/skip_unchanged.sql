{# For models that read bronze tables only (`skip_unchanged`): a run of the same night that finds the same input and its own
   table as it left it has nothing to do. What a table was built from is kept as its comment, with the table's own snapshot,
   so that whatever somebody did to the table since is put right. A backfill skips nothing. #}

{# The project, the run's window, and the snapshot of every bronze table that is read; none where a run does not say them. #}
{% macro build_origin() -%}
    {%- if not config.get('skip_unchanged') or is_backfill() or not run_setting('project_digest') -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set pinned = run_setting('bronze_snapshots') -%}
    {%- set parts = [run_setting('project_digest'), run_setting('run_date'), run_setting('window_start')] -%}
    {%- for node in model.depends_on.nodes -%}
        {%- set name = (node.split('.') | last).removeprefix('bronze_') -%}
        {%- if name not in pinned -%} {{ return(none) }} {%- endif -%}
        {%- do parts.append(name ~ '@' ~ pinned[name]) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('|'))) }}
{%- endmacro %}

{% macro is_built_from(relation, origin) -%}
    {{ return(origin is not none and table_comment(relation) == origin ~ ' ' ~ own_snapshot(relation)) }}
{%- endmacro %}

{% macro note_origin(relation, origin) -%}
    {%- if origin is not none -%}
        {%- do run_query('comment on table ' ~ relation ~ " is '" ~ origin ~ ' ' ~ own_snapshot(relation) ~ "'") -%}
    {%- endif -%}
{%- endmacro %}

{% macro own_snapshot(relation) -%}
    {%- set query -%}
        select snapshot_id from {{ relation.database }}.{{ relation.schema }}."{{ relation.identifier }}$refs" where name = 'main'
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | first) }}
{%- endmacro %}
