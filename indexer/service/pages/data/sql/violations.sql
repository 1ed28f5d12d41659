-- One page of violations, the newest first, with how many there are. What has no time of its own is told by its verdict's.
SELECT
    count(*) OVER () AS found, verdict_id, provider, label, category, suggestion, score, evidence, source, channel, sid,
    uid, captured_at, moderated_at, coalesce(key, object_key) AS key, candidates
FROM violations
WHERE ($label::VARCHAR IS NULL OR label = $label::VARCHAR)
    AND ($suggestion::VARCHAR IS NULL OR suggestion = $suggestion::VARCHAR)
    AND ($evidence::VARCHAR IS NULL OR evidence = $evidence::VARCHAR)
    AND ($channel::VARCHAR IS NULL OR contains(lower(channel), lower($channel::VARCHAR)))
ORDER BY coalesce(captured_at, moderated_at) DESC NULLS LAST, verdict_id
LIMIT $most::BIGINT OFFSET $passed::BIGINT
