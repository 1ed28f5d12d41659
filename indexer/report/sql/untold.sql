-- What could not be computed, why, and of which sources.
SELECT n.kind, c.title, n.reason, string_agg(n.source, ', ' ORDER BY n.source) AS sources
FROM not_computable n
JOIN checks c ON c.kind = n.kind
GROUP BY n.kind, c.title, n.reason
ORDER BY c.title, n.reason
LIMIT $most
