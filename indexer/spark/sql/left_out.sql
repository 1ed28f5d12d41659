-- What of each shard is left to the next run: how many keys, and the sum of their hashes.
SELECT shard, count(*) AS keys, CAST(sum(late_hash) AS STRING) AS key_hash
FROM judged
WHERE became = 'left out'
GROUP BY shard
