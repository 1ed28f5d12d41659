-- title: Names that cannot be read
-- about: Sources of which a notable share of the keys is unparsed, by shape: the last part of the key, each number as 9, each word as a.
-- scope: index
WITH counted AS (
    SELECT name_id, count(*) AS keys
    FROM object_rows
    WHERE deleted_at IS NULL
    GROUP BY name_id
),
named AS (
    SELECT
        n.source, n.kind, c.keys, n.reason,
        CASE WHEN n.kind = 'unparsed' THEN n.front || CASE WHEN n.digits > 0 THEN '9' ELSE '' END || n.back END AS key
    FROM names n
    JOIN counted c ON c.name_id = n.name_id
),
shared AS (
    SELECT source, sum(keys)::BIGINT AS keys, (sum(keys) FILTER (WHERE kind = 'unparsed'))::BIGINT AS unparsed
    FROM named
    GROUP BY source
    HAVING sum(keys) FILTER (WHERE kind = 'unparsed') > $unknown_share * sum(keys)
),
shaped AS (
    SELECT
        n.source,
        regexp_replace(regexp_replace(split_part(n.key, '/', -1), '\pL+', 'a', 'g'), '[0-9]+', '9', 'g') AS shape,
        sum(n.keys)::BIGINT AS keys,
        min(split_part(n.reason, ':', 1)) AS reason,
        max(split_part(n.reason, ':', 1)) AS other_reason
    FROM named n
    JOIN shared s ON s.source = n.source
    WHERE n.kind = 'unparsed'
    GROUP BY n.source, shape
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY source ORDER BY keys DESC, shape) <= 20 AS is_common
    FROM shaped
),
-- No shape has two words, as this has.
told AS (
    SELECT
        source,
        CASE WHEN is_common THEN shape ELSE 'all other shapes' END AS subject,
        sum(keys)::BIGINT AS keys, count(*) AS shapes,
        min(reason) || CASE WHEN min(reason) < max(other_reason) THEN ', and others' ELSE '' END AS reason
    FROM ranked
    GROUP BY source, subject
)
SELECT
    'warning' AS severity,
    t.source, t.subject,
    t.keys AS rows,
    t.keys AS measure,
    printf(
        '%d of the %d keys that could not be read, of %d in all, are of %s (%s): is the layout the right one?',
        t.keys, s.unparsed, s.keys,
        CASE WHEN t.subject = 'all other shapes' THEN printf('%d rarer shapes', t.shapes) ELSE 'this shape' END,
        t.reason
    ) AS explanation
FROM told t
JOIN shared s ON s.source = t.source
-- rows
WITH shaped AS (
    SELECT
        *, regexp_replace(regexp_replace(split_part(key, '/', -1), '\pL+', 'a', 'g'), '[0-9]+', '9', 'g') AS shape
    FROM other_objects
    WHERE source = $source AND kind = 'unparsed' AND deleted_at IS NULL
),
ranked AS (
    SELECT shape, row_number() OVER (ORDER BY count(*) DESC, shape) <= 20 AS is_common
    FROM shaped
    GROUP BY shape
)
SELECT s.*
FROM shaped s
JOIN ranked r ON r.shape = s.shape
WHERE CASE WHEN r.is_common THEN s.shape ELSE 'all other shapes' END = $subject
ORDER BY s.key
