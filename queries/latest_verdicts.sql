-- title: Latest verdict per screenshot
-- about: The newest overall verdict on each screenshot; a person's goes before a machine's, and of one time the worst.
-- param: channel text: only this channel
-- param: suggestion text: only pass, review, block or unknown
SELECT
    s.captured_at,
    s.channel,
    s.uid,
    v.suggestion,
    v.label,
    round(v.score, 3) AS score,
    v.reviewer,
    v.moderated_at,
    s.source,
    s.key
FROM screenshots s
JOIN matches m ON m.source = s.source AND m.key = s.key
JOIN verdicts v ON v.verdict_id = m.verdict_id
WHERE v.is_overall
    AND ($channel::VARCHAR IS NULL OR s.channel = $channel::VARCHAR)
QUALIFY row_number() OVER (
        PARTITION BY s.source, s.key
        ORDER BY
            v.reviewer = 'human' DESC,
            v.moderated_at DESC NULLS LAST,
            list_position(['block', 'review', 'unknown', 'pass'], v.suggestion),
            v.verdict_id
    ) = 1
    AND ($suggestion::VARCHAR IS NULL OR v.suggestion = $suggestion::VARCHAR)
ORDER BY s.captured_at, s.source, s.key;
