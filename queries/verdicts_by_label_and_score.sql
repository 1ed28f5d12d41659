-- title: Verdicts by label and score
-- about: How a provider's overall verdicts are spread over its labels and over bands of a tenth of the score.
-- param: provider text: only this provider
-- param: since timestamp: only frames captured from then on, UTC
SELECT
    v.provider,
    lower(v.label) AS label,
    v.suggestion,
    CASE WHEN v.score >= 1 THEN 0.9 ELSE floor(v.score * 10) / 10 END AS score_from,
    count(*) AS verdicts,
    round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY v.provider), 2) AS percent_of_provider
FROM verdicts v
LEFT JOIN matches m ON m.verdict_id = v.verdict_id
WHERE v.is_overall
    AND ($provider::VARCHAR IS NULL OR v.provider = $provider::VARCHAR)
    AND ($since::TIMESTAMP IS NULL OR coalesce(m.captured_at, v.captured_at) >= $since::TIMESTAMP)
GROUP BY 1, 2, 3, 4
ORDER BY v.provider, label, v.suggestion, score_from;
