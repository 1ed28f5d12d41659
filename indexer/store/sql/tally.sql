-- What each shard adds to its receipt. A late object that was not known is left to the next run.
INSERT INTO tallies
SELECT
    shard,
    count(*) FILTER (NOT left_out),
    coalesce(sum(key_hash::HUGEINT) FILTER (NOT left_out), 0),
    count(*) FILTER (left_out)
FROM (
    SELECT *,
        late AND NOT EXISTS (
            FROM known k WHERE k.name_id = b.name_id AND k.moment IS NOT DISTINCT FROM b.moment
        ) AS left_out
    FROM named b
)
GROUP BY shard
