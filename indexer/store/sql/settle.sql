-- What is known of every finding after this run. What is not found again counts as resolved only where it was looked for:
-- wholly inside the range, by a check that could be made. What only reaches into it may live on in a part that does not.
CREATE OR REPLACE TEMP TABLE settled AS
WITH told AS (
    SELECT *,
        left(
            sha256(
                to_json({kind: kind, source: source, channel: channel, sid: sid, uid: uid, key: key, subject: subject})::VARCHAR
            ),
            16
        ) AS finding_id
    FROM found
),
missed AS (
    SELECT k.finding_id,
        (k.until_at IS NULL OR $until::TIMESTAMP IS NULL OR k.until_at < $until::TIMESTAMP)
            AND (k.from_at IS NULL OR $since::TIMESTAMP IS NULL OR k.from_at >= $since::TIMESTAMP)
            AND k.kind IN (SELECT unnest($kinds::VARCHAR[]))
            AND NOT EXISTS (
                FROM uncomputed u WHERE u.kind = k.kind AND (u.source IS NULL OR u.source = k.source)
            ) AS is_resolved
    FROM finding_rows k
    WHERE k.status <> 'resolved' AND k.finding_id NOT IN (SELECT finding_id FROM told)
)
SELECT
    t.finding_id, t.kind, t.severity,
    CASE WHEN k.status IS NULL OR k.status = 'resolved' THEN 'new' ELSE 'open' END AS status,
    t.source, t.channel, t.sid, t.uid, t.key, t.subject, t.from_at, t.until_at, t.rows, t.measure, t.explanation,
    coalesce(k.first_found_run, $run) AS first_found_run,
    $run AS last_found_run,
    NULL::INTEGER AS resolved_run
FROM told t
LEFT JOIN finding_rows k ON k.finding_id = t.finding_id
UNION ALL
SELECT
    k.finding_id, k.kind, k.severity,
    CASE WHEN m.is_resolved THEN 'resolved' WHEN k.status = 'new' THEN 'open' ELSE k.status END,
    k.source, k.channel, k.sid, k.uid, k.key, k.subject, k.from_at, k.until_at, k.rows, k.measure, k.explanation,
    k.first_found_run,
    k.last_found_run,
    CASE WHEN m.is_resolved THEN $run ELSE k.resolved_run END
FROM finding_rows k
LEFT JOIN missed m ON m.finding_id = k.finding_id
WHERE k.finding_id NOT IN (SELECT finding_id FROM told)
