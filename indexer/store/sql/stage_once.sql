-- An object that an inventory names more than once is one object, as it was written last.
CREATE OR REPLACE TABLE staging.staged AS
SELECT *
FROM staging.staged
QUALIFY name_id IS NULL OR row_number() OVER (PARTITION BY name_id, moment ORDER BY last_modified DESC, size) = 1
