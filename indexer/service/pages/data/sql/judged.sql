-- The overall verdicts on a session's shots, and on those that it should have and no bucket holds.
judged AS (
    SELECT
        coalesce(m.captured_at, v.captured_at, v.moderated_at) AS moment,
        v.suggestion, v.label, v.score, v.provider, false AS is_unseen
    FROM verdicts v
    JOIN matches m ON m.verdict_id = v.verdict_id
    JOIN names n ON n.name_id = m.name_id
    WHERE v.is_overall
        AND n.source = $source::VARCHAR
        AND coalesce(n.cname, n.app || '/' || n.stream, n.stream) IS NOT DISTINCT FROM $channel::VARCHAR
        AND n.sid IS NOT DISTINCT FROM $sid::VARCHAR
        AND n.uid IS NOT DISTINCT FROM $uid::UBIGINT
    UNION ALL
    SELECT coalesce(v.captured_at, v.moderated_at), v.suggestion, v.label, v.score, v.provider, true
    FROM verdicts v
    WHERE v.is_overall
        AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.verdict_id = v.verdict_id)
        AND coalesce(v.cname, v.app || '/' || v.stream, v.stream) IS NOT DISTINCT FROM $channel::VARCHAR
        AND v.sid IS NOT DISTINCT FROM $sid::VARCHAR
        AND v.uid IS NOT DISTINCT FROM $uid::UBIGINT
)
