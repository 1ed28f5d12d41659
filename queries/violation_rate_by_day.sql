-- title: Violation rate by day
-- about: How many of a thousand judged frames were flagged, by day of capture and provider; a provider that reports no passed frames has no rate.
-- param: provider text: only this provider
-- param: since date: only from this day on, UTC
WITH frames AS (
    SELECT
        v.provider,
        coalesce(m.captured_at, v.captured_at, v.moderated_at)::DATE AS day,
        coalesce(
            m.source || ' ' || m.key, v.object_key, v.object_url,
            v.sid || ' ' || v.uid::VARCHAR || ' ' || v.captured_at::VARCHAR, v.verdict_id
        ) AS frame,
        bool_or(v.is_violation) AS is_flagged,
        bool_or(v.is_violation AND v.suggestion = 'block') AS is_blocked
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.is_overall
        AND v.reviewer = 'machine'
        AND ($provider::VARCHAR IS NULL OR v.provider = $provider::VARCHAR)
    GROUP BY 1, 2, 3
)
SELECT
    day,
    provider,
    count(*) AS frames,
    count(*) FILTER (WHERE is_flagged) AS flagged,
    count(*) FILTER (WHERE is_blocked) AS blocked,
    CASE
        WHEN sum(count(*) FILTER (WHERE NOT is_flagged)) OVER (PARTITION BY provider) > 0
            THEN round(1000.0 * count(*) FILTER (WHERE is_flagged) / count(*), 2)
    END AS flagged_per_thousand
FROM frames
WHERE $since::DATE IS NULL OR day >= $since::DATE
GROUP BY 1, 2
ORDER BY day, provider;
