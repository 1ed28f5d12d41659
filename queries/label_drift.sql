-- title: Label drift by model version
-- about: What share of a model version's overall verdicts each label is, and its mean score: a share that moves with the version is the model's doing.
-- param: provider text: only this provider
WITH counted AS (
    SELECT
        v.provider, v.model_version,
        lower(v.label) AS label,
        count(*) AS verdicts,
        count(*) FILTER (WHERE v.is_violation) AS violations,
        avg(v.score) AS mean_score,
        min(coalesce(v.moderated_at, m.captured_at, v.captured_at)) AS first_at,
        max(coalesce(v.moderated_at, m.captured_at, v.captured_at)) AS last_at
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.is_overall
        AND v.reviewer = 'machine'
        AND ($provider::VARCHAR IS NULL OR v.provider = $provider::VARCHAR)
    GROUP BY 1, 2, 3
)
SELECT
    provider,
    label,
    model_version,
    first_at,
    last_at,
    verdicts,
    violations,
    round(100.0 * verdicts / sum(verdicts) OVER (PARTITION BY provider, model_version), 2) AS percent_of_version,
    round(mean_score, 3) AS mean_score
FROM counted
ORDER BY provider, label, first_at, model_version;
