{# Condition that says which chunk of bronze a statement works on. A model's SQL carries it as it is here, true; the
   materialization puts that of each chunk in its place (`with_chunk`). #}
{% macro bronze_rows_of_chunk() -%} true /* bronze rows of the chunk */ {%- endmacro %}

{# The same for rows of the model's own table, where the statement looks for what is there. #}
{% macro table_rows_of_chunk() -%} true /* table rows of the chunk */ {%- endmacro %}

{# The statement `sql` for one chunk. #}
{% macro with_chunk(sql, of_bronze, of_table='true') -%}
    {{ return(sql
        | replace(bronze_rows_of_chunk(), '(' ~ of_bronze ~ ')')
        | replace(table_rows_of_chunk(), '(' ~ of_table ~ ')')) }}
{%- endmacro %}
