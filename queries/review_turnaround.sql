-- title: Review turnaround
-- about: How long frames that a machine wants reviewed wait for a person's first verdict, by provider, in seconds, and how many wait still.
-- param: since timestamp: only what a machine judged from then on, UTC
WITH framed AS (
    SELECT v.*,
        coalesce(
            m.source || ' ' || m.key, v.object_key, v.object_url,
            v.sid || ' ' || v.uid::VARCHAR || ' ' || v.captured_at::VARCHAR
        ) AS frame
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.is_overall
),
asked AS (
    SELECT provider, frame, min(moderated_at) AS asked_at
    FROM framed
    WHERE reviewer = 'machine'
        AND suggestion = 'review'
        AND frame IS NOT NULL
        AND ($since::TIMESTAMP IS NULL OR moderated_at >= $since::TIMESTAMP)
    GROUP BY provider, frame
),
answered AS (
    SELECT frame, min(moderated_at) AS answered_at
    FROM framed
    WHERE reviewer = 'human'
        AND frame IS NOT NULL
    GROUP BY frame
),
waited AS (
    SELECT
        a.provider,
        n.frame IS NOT NULL AS is_answered,
        CASE
            WHEN n.answered_at >= a.asked_at THEN (epoch_ms(n.answered_at) - epoch_ms(a.asked_at)) / 1000.0
        END AS seconds
    FROM asked a
    LEFT JOIN answered n ON n.frame = a.frame
)
SELECT
    provider,
    count(*) AS frames,
    count(*) FILTER (WHERE is_answered) AS answered,
    count(*) FILTER (WHERE NOT is_answered) AS waiting,
    count(seconds) AS timed,
    round(median(seconds), 1) AS median_seconds,
    round(quantile_cont(seconds, 0.95), 1) AS p95_seconds,
    round(max(seconds), 1) AS most_seconds
FROM waited
GROUP BY provider
ORDER BY waiting DESC, provider;
