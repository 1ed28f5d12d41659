SELECT c.title, n.source, n.reason
FROM not_computable n
JOIN checks c ON c.kind = n.kind
ORDER BY c.title, n.source, n.reason
