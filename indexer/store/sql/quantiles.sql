-- Keys that cut what a source holds in parts of about one size.
SELECT min(front) AS cut
FROM (
    SELECT n.front, sum(sum(p.objects)) OVER (ORDER BY n.front) * $parts // (sum(sum(p.objects)) OVER () + 1) AS part
    FROM present_names p
    JOIN names n ON n.name_id = p.name_id
    WHERE n.source = $source
    GROUP BY n.front
)
GROUP BY part
ORDER BY cut
