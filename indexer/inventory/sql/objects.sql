-- The objects of an inventory's file, as a listing gives them. Its columns are c0, c1 and so on, by their places.
SELECT
    0::INTEGER AS shard,
    {own_key} AS key,
    {size}::UBIGINT AS size,
    CASE WHEN starts_with({etag}, '"') THEN trim({etag}, '"') ELSE nullif({etag}, '') END AS etag,
    {instant} AS last_modified,
    nullif({storage_class}, '') AS storage_class
FROM (
    SELECT * REPLACE ({decoded} AS {key})
    FROM {file}
    WHERE {shown}
)
WHERE starts_with({key}, {prefix})
