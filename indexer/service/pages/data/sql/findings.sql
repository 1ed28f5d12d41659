-- One page of findings, the worst and newest first, with how many there are.
WITH told AS (
    SELECT *,
        acknowledged_at IS NOT NULL OR finding_id IN (SELECT unnest($noted::VARCHAR[])) AS is_acknowledged,
        CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END AS rank
    FROM findings
),
wanted AS (
    SELECT finding_id, count(*) OVER () AS found
    FROM told
    WHERE ($finding_id::VARCHAR IS NULL OR finding_id = $finding_id::VARCHAR)
        AND ($kind::VARCHAR IS NULL OR kind = $kind::VARCHAR)
        AND ($severity::VARCHAR IS NULL OR severity = $severity::VARCHAR)
        AND ($status::VARCHAR = 'all' OR status = $status::VARCHAR OR $status::VARCHAR = 'standing' AND status <> 'resolved')
        AND ($acknowledged::VARCHAR IS NULL OR is_acknowledged = ($acknowledged::VARCHAR = 'yes'))
        AND ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
        AND ($channel::VARCHAR IS NULL OR contains(lower(channel), lower($channel::VARCHAR)))
    ORDER BY rank, from_at DESC NULLS LAST, finding_id
    LIMIT $most::BIGINT OFFSET $passed::BIGINT
)
SELECT
    w.found, f.finding_id, f.kind, c.title, c.about, f.severity, f.status, f.source, f.channel, f.sid, f.uid, f.key,
    f.subject, f.from_at, f.until_at, f.rows, f.explanation, f.query,
    f.acknowledged_at, f.acknowledged_by, f.note,
    f.first_found_run, r.finished_at AS first_found_at, f.last_found_run, f.resolved_run
FROM told f
JOIN wanted w ON w.finding_id = f.finding_id
JOIN checks c ON c.kind = f.kind
LEFT JOIN runs r ON r.run = f.first_found_run
ORDER BY f.rank, f.from_at DESC NULLS LAST, f.finding_id
