INSERT INTO receipts BY NAME
SELECT
    $run AS run, $source AS source, $prefix AS prefix, s.from_key, s.to_key, s.last_key, s.pages,
    coalesce(sum(t.keys), 0) AS keys,
    (coalesce(sum(t.key_hash), 0) % 18446744073709551616)::UBIGINT AS key_hash,
    s.started_at, s.finished_at
FROM shards s
LEFT JOIN tallies t ON t.shard = s.shard
GROUP BY ALL
