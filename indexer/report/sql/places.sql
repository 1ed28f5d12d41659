-- Where critical findings and warnings stand that nobody has acknowledged, the worst places first.
WITH standing AS (
    SELECT f.*, c.title
    FROM findings f
    JOIN checks c ON c.kind = f.kind
    WHERE f.status <> 'resolved' AND f.acknowledged_at IS NULL AND f.severity IN ('critical', 'warning')
),
worst AS (
    SELECT source, channel, title, explanation
    FROM standing
    QUALIFY row_number() OVER (
        PARTITION BY source, channel
        ORDER BY severity, from_at DESC NULLS LAST, finding_id
    ) = 1
),
counted AS (
    SELECT
        source, channel,
        count(*) FILTER (WHERE severity = 'critical') AS critical,
        count(*) FILTER (WHERE severity = 'warning') AS warning
    FROM standing
    GROUP BY source, channel
)
SELECT
    n.source, n.channel, n.critical, n.warning, w.title, w.explanation,
    count(*) OVER () AS places
FROM counted n
JOIN worst w ON w.source IS NOT DISTINCT FROM n.source AND w.channel IS NOT DISTINCT FROM n.channel
ORDER BY n.critical DESC, n.warning DESC, n.source NULLS LAST, n.channel NULLS LAST
LIMIT $most
