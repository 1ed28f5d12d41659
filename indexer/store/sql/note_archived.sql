INSERT INTO archived_names
SELECT
    name_id, $day::DATE AS day, min(captured_at) AS first_at, max(captured_at) AS last_at,
    max(last_modified) AS last_modified, count(*) FILTER (WHERE deleted_at IS NULL) AS present
FROM read_parquet({files}, hive_partitioning = false)
GROUP BY name_id
ORDER BY name_id
