-- title: Latest verdict per screenshot
-- about: The newest overall verdict on each screenshot; a person's goes before a machine's, and of one time the worst.
-- param: channel text: only this channel
-- param: suggestion text: only pass, review, block or unknown
WITH judged AS (
    SELECT
        m.source, m.key,
        coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
        n.uid, m.captured_at, v.suggestion, v.label, v.score, v.reviewer, v.moderated_at
    FROM verdicts v
    JOIN matches m ON m.verdict_id = v.verdict_id
    JOIN names n ON n.name_id = m.name_id
    WHERE v.is_overall
        AND n.kind = 'screenshot'
    QUALIFY row_number() OVER (
            PARTITION BY m.source, m.key
            ORDER BY
                v.reviewer = 'human' DESC,
                v.moderated_at DESC NULLS LAST,
                CASE v.suggestion WHEN 'block' THEN 1 WHEN 'review' THEN 2 WHEN 'unknown' THEN 3 ELSE 4 END,
                v.verdict_id
        ) = 1
)
SELECT
    captured_at,
    channel,
    uid,
    suggestion,
    label,
    round(score, 3) AS score,
    reviewer,
    moderated_at,
    source,
    key
FROM judged
WHERE ($channel::VARCHAR IS NULL OR channel = $channel::VARCHAR)
    AND ($suggestion::VARCHAR IS NULL OR suggestion = $suggestion::VARCHAR)
ORDER BY captured_at, source, key;
