SELECT s.source, s.last_modified::DATE AS day, count(*)
FROM verdicts v
JOIN screenshots s ON s.key = v.object_key
WHERE v.is_violation AND s.last_modified < TIMESTAMP '2026-02-01' - INTERVAL 28 DAY
GROUP BY ALL
