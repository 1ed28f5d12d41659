-- What became of objects that were listed where the lake held nothing: the late ones are left to the next run.
SELECT
    CAST(NULL AS DATE) AS known_day, day, shard, late_hash,
    CASE WHEN late_hash IS NULL THEN 'added' ELSE 'left out' END AS became
FROM staged
