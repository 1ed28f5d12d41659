WITH {judged}
SELECT
    (epoch_ms(moment) - epoch_ms($since::TIMESTAMP)) // $step::BIGINT AS cell,
    suggestion,
    min(moment) AS moment,
    count(*) AS verdicts,
    count(*) FILTER (WHERE is_unseen) AS unseen,
    arg_max(label, coalesce(score, 0)) AS label,
    max(score) AS score,
    min(provider) AS provider
FROM judged
WHERE moment BETWEEN $since::TIMESTAMP AND $until::TIMESTAMP
GROUP BY cell, suggestion
ORDER BY cell, suggestion
