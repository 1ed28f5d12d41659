-- What a listing changed, from which day's files to which; of what is left to the next run, which shards' keys, and the
-- sum of their hashes.
SELECT
    became, known_day, day, CASE WHEN became = 'left out' THEN shard END AS shard,
    count(*) AS objects, CAST(sum(late_hash) AS STRING) AS key_hash
FROM marks
GROUP BY ALL
