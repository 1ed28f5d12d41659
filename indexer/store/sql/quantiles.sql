-- Keys that cut what a source holds in parts of about one size.
SELECT min(front) AS cut
FROM (
    SELECT n.front, sum(count(*)) OVER (ORDER BY n.front) * $parts // (sum(count(*)) OVER () + 1) AS part
    FROM object_rows o
    JOIN names n ON n.name_id = o.name_id
    WHERE n.source = $source
        AND o.deleted_at IS NULL
    GROUP BY n.front
)
GROUP BY part
ORDER BY cut
