-- title: Providers that disagree
-- about: Screenshots on which the machines of two providers do not say the same, by the worst that each says of it.
-- param: channel text: only this channel
WITH worst AS (
    SELECT
        m.source, m.key, m.name_id, m.captured_at, v.provider,
        max(CASE v.suggestion WHEN 'block' THEN 2 WHEN 'review' THEN 1 ELSE 0 END) AS level,
        string_agg(DISTINCT lower(v.label), ', ' ORDER BY lower(v.label)) AS labels
    FROM verdicts v
    JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.is_overall
        AND v.reviewer = 'machine'
        AND v.suggestion <> 'unknown'
    GROUP BY m.source, m.key, m.name_id, m.captured_at, v.provider
)
SELECT
    a.captured_at,
    coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
    coalesce(n.uid::VARCHAR, n.stream) AS who,
    a.provider AS one,
    CASE a.level WHEN 2 THEN 'block' WHEN 1 THEN 'review' ELSE 'pass' END AS one_says,
    a.labels AS one_sees,
    b.provider AS other,
    CASE b.level WHEN 2 THEN 'block' WHEN 1 THEN 'review' ELSE 'pass' END AS other_says,
    b.labels AS other_sees,
    a.source,
    a.key
FROM worst a
JOIN worst b ON b.source = a.source AND b.key = a.key AND b.provider > a.provider
JOIN names n ON n.name_id = a.name_id
WHERE a.level <> b.level
    AND ($channel::VARCHAR IS NULL OR coalesce(n.cname, n.app || '/' || n.stream, n.stream) = $channel::VARCHAR)
ORDER BY a.captured_at, a.source, a.key, one, other;
