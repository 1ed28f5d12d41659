-- title: Waiting for review
-- about: Frames that a machine wants a person to look at and no person has judged yet, with the highest score of each, most certain first.
-- param: provider text: only this provider
-- param: channel text: only this channel
WITH seen AS (
    SELECT DISTINCT
        coalesce(
            m.source || ' ' || m.key, v.object_key, v.object_url,
            v.sid || ' ' || v.uid::VARCHAR || ' ' || v.captured_at::VARCHAR
        ) AS frame
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.reviewer = 'human'
),
asked AS (
    SELECT *,
        coalesce(
            source || ' ' || key, object_key, object_url,
            sid || ' ' || uid::VARCHAR || ' ' || captured_at::VARCHAR, verdict_id
        ) AS frame
    FROM violations
    WHERE reviewer = 'machine'
        AND suggestion = 'review'
        AND ($provider::VARCHAR IS NULL OR provider = $provider::VARCHAR)
        AND ($channel::VARCHAR IS NULL OR channel = $channel::VARCHAR)
)
SELECT
    a.channel,
    coalesce(a.uid::VARCHAR, a.stream) AS who,
    a.captured_at,
    a.moderated_at,
    a.provider,
    a.label,
    round(a.score, 3) AS score,
    a.evidence,
    coalesce(a.key, a.object_key, a.object_url) AS object
FROM asked a
WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE s.frame = a.frame)
QUALIFY row_number() OVER (PARTITION BY a.frame ORDER BY a.score DESC NULLS LAST, a.verdict_id) = 1
ORDER BY score DESC NULLS LAST, a.captured_at, object, a.verdict_id;
