-- One row a check and reason. Without a source it is about every one.
SELECT c.title, list(n.source ORDER BY n.source) FILTER (WHERE n.source IS NOT NULL) AS sources, n.reason
FROM not_computable n
JOIN checks c ON c.kind = n.kind
GROUP BY c.title, n.reason
ORDER BY c.title, n.reason
