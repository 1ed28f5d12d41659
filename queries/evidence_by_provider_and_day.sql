-- title: Evidence by provider and day
-- about: What is left of the frames that violations are about, by day of capture: a step is a lifecycle rule, or a permission that changed.
-- param: provider text: only this provider
-- param: since date: only from this day on, UTC
WITH frames AS (
    SELECT DISTINCT
        coalesce(captured_at, moderated_at)::DATE AS day,
        provider,
        evidence,
        coalesce(
            source || ' ' || key, object_key, object_url,
            sid || ' ' || uid::VARCHAR || ' ' || captured_at::VARCHAR, verdict_id
        ) AS frame
    FROM violations
    WHERE ($provider::VARCHAR IS NULL OR provider = $provider::VARCHAR)
        AND ($since::DATE IS NULL OR coalesce(captured_at, moderated_at)::DATE >= $since::DATE)
)
SELECT
    day,
    provider,
    count(*) AS frames,
    count(*) FILTER (WHERE evidence = 'present') AS present,
    count(*) FILTER (WHERE evidence = 'deleted') AS deleted,
    count(*) FILTER (WHERE evidence = 'missing') AS missing,
    count(*) FILTER (WHERE evidence = 'withheld') AS withheld,
    count(*) FILTER (WHERE evidence = 'mutable') AS mutable,
    count(*) FILTER (WHERE evidence = 'no-key') AS no_key,
    round(100.0 * count(*) FILTER (WHERE evidence IN ('deleted', 'missing')) / count(*), 1) AS lost_percent
FROM frames
GROUP BY 1, 2
ORDER BY day, provider;
