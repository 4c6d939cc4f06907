{# The table's comment, where a build notes what the table was made of; none where there is no comment. #}
{% macro table_comment(relation) -%}
    {%- set query -%}
        select comment from system.metadata.table_comments
        where
            catalog_name = '{{ relation.database }}'
            and schema_name = '{{ relation.schema }}'
            and table_name = '{{ relation.identifier }}'
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | first) }}
{%- endmacro %}
