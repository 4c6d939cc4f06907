{# What a table is built from: a digest of the project and its calendar, the run's window, and the snapshot of every bronze table that
   the model reads. None where the run does not name them, in a backfill, and for models without `skip_unchanged`.

   `skip_unchanged` is for models that read bronze tables only: a run of the same night that finds the same input, and
   its own table as it left it, has nothing to do. #}
{% macro build_origin() -%}
    {%- if not config.get('skip_unchanged') or is_backfill() or not run_setting('build_digest') -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set pinned = run_setting('bronze_snapshots') -%}
    {%- set parts = [run_setting('build_digest'), run_setting('run_date'), run_setting('window_start')] -%}
    {%- for node in model.depends_on.nodes -%}
        {%- set name = (node.split('.') | last).removeprefix('bronze_') -%}
        {%- if name not in pinned -%} {{ return(none) }} {%- endif -%}
        {%- do parts.append(name ~ '@' ~ pinned[name]) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('|'))) }}
{%- endmacro %}

{# True when the table was built from `origin` and nobody has changed it since. #}
{% macro is_built_from(relation, origin) -%}
    {{ return(origin is not none and table_comment(relation) == origin ~ ' ' ~ own_snapshot(relation)) }}
{%- endmacro %}

{# Keep `origin` as the table's comment, together with the table's own snapshot: whatever somebody does to the table
   later is put right by the next run. #}
{% macro note_origin(relation, origin) -%}
    {%- if origin is not none -%}
        {%- do run_query('comment on table ' ~ relation ~ " is '" ~ origin ~ ' ' ~ own_snapshot(relation) ~ "'") -%}
    {%- endif -%}
{%- endmacro %}

{# Id of the table's current snapshot. #}
{% macro own_snapshot(relation) -%}
    {%- set query -%}
        select snapshot_id from {{ relation.database }}.{{ relation.schema }}."{{ relation.identifier }}$refs"
        where name = 'main'
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | first) }}
{%- endmacro %}
