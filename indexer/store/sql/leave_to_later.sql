CREATE OR REPLACE TEMP VIEW named AS
SELECT *
FROM staging.staged s
WHERE NOT EXISTS (FROM later l WHERE l.name_id = s.name_id AND l.moment IS NOT DISTINCT FROM s.moment);

DELETE FROM known
WHERE EXISTS (FROM later l WHERE l.name_id = known.name_id AND l.moment IS NOT DISTINCT FROM known.moment);
