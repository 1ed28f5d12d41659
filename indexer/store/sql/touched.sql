-- The names, of those known before the run, that may have keys in the ranges that the batch covers; inside: all of them.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT n.name_id, n.digits, n.front, n.back,
    bool_or(
        (r.after IS NULL OR r.after < n.front)
        AND (r.until IS NULL OR n.digits = 0 OR r.until > n.front AND NOT starts_with(r.until, n.front))
    ) AS inside
FROM names n
JOIN ranges r
    ON (r.until IS NULL OR r.until >= n.front)
    AND (r.after IS NULL OR r.after < n.front OR n.digits > 0 AND starts_with(r.after, n.front))
WHERE n.source = $source AND n.name_id <= $known_names AND starts_with(n.front, $prefix)
GROUP BY ALL
UNION ALL BY NAME
SELECT n.name_id, n.digits, n.front, n.back, false AS inside
FROM names n
WHERE n.name_id <= $known_names
    AND n.name_id IN (SELECT name_id FROM named WHERE shard IS NULL)
