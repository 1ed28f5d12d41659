SELECT source, sum(shots)::BIGINT AS shots, sum(missing)::BIGINT AS missing, sum(explained)::BIGINT AS explained
FROM coverage
GROUP BY source
ORDER BY source
