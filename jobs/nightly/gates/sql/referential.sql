-- What a row points at and the dimensions do not have: nobody whose number it was, no version of the customer or tower
-- that was valid then. A tower says itself where it stands: if the inventory says something else, one of them is wrong.
select
    concat(source, '.', dimension) as subject,
    if(wrong < $min_rows, 0e0, cast(wrong as double) / all_rows) as value,
    concat(cast(wrong as varchar), ' of ', cast(all_rows as varchar), ' rows', coalesce(concat(', such as ', example), '')) as detail
from (
    {sources}
) as pointed (source, dimension, wrong, all_rows, example)
