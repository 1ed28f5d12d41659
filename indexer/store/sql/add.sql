INSERT INTO objects BY NAME
SELECT *, $source AS source, $run AS first_seen_run
FROM staged
WHERE NOT EXISTS (FROM objects WHERE objects.source = $source AND objects.key = staged.key);
