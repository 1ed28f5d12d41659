-- The archived names and days that may have keys in the ranges that the batch covers, or that it names beside them.
CREATE OR REPLACE TEMP TABLE archived_touched AS
WITH names_touched AS (
    SELECT name_id, digits, front, back, bool_or(inside) AS inside
    FROM touched
    GROUP BY ALL
),
ends AS (
    SELECT name_id, day, first_at AS captured_at FROM archived_names
    UNION ALL
    SELECT name_id, day, last_at FROM archived_names
),
spelled AS (
    SELECT n.name_id, n.digits, n.front, n.back, n.inside, o.day, min({key}) AS first_key, max({key}) AS last_key
    FROM names_touched n
    JOIN ends o ON o.name_id = n.name_id
    GROUP BY ALL
)
SELECT s.name_id, s.digits, s.front, s.back, s.inside, s.day
FROM spelled s
WHERE EXISTS (
        FROM ranges r WHERE (r.after IS NULL OR r.after < s.last_key) AND (r.until IS NULL OR r.until >= s.first_key)
    )
    OR EXISTS (FROM named b WHERE b.shard IS NULL AND b.name_id = s.name_id AND b.moment::DATE = s.day)
