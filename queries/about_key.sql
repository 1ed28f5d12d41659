-- title: Everything about one key
-- about: What the index knows of one key in order of time: when it was captured, written and deleted, and what verdicts, notifications and findings say of it.
-- param: key text: the key, whole
WITH ends AS (
    SELECT DISTINCT digits, back
    FROM names
),
cut AS (
    SELECT
        digits, back,
        left($key::VARCHAR, length($key::VARCHAR) - digits - length(back)) AS front,
        substr($key::VARCHAR, length($key::VARCHAR) - digits - length(back) + 1, digits) AS stamp
    FROM ends
    WHERE ends_with($key::VARCHAR, back)
        AND length($key::VARCHAR) >= digits + length(back)
),
stamped AS (
    SELECT *,
        CASE
            WHEN digits IN (14, 17)
                THEN epoch_ms(
                    TRY_CAST(
                        substr(stamp, 1, 4) || '-' || substr(stamp, 5, 2) || '-' || substr(stamp, 7, 2)
                            || ' ' || substr(stamp, 9, 2) || ':' || substr(stamp, 11, 2)
                            || ':' || substr(stamp, 13, 2) || '.' || substr(rpad(stamp, 17, '0'), 15, 3)
                            AS TIMESTAMP
                    )
                )
            WHEN digits = 13 THEN TRY_CAST(stamp AS BIGINT)
            WHEN digits = 10 THEN TRY_CAST(stamp AS BIGINT) * 1000
        END AS stamp_ms
    FROM cut
),
stored AS (
    SELECT n.source, n.kind, o.captured_at, o.size, o.storage_class, o.last_modified, o.deleted_at
    FROM stamped c
    JOIN names n ON n.front = c.front AND n.digits = c.digits AND n.back = c.back
    JOIN object_rows o ON o.name_id = n.name_id
    WHERE c.digits = 0 OR epoch_ms(o.captured_at) = c.stamp_ms
),
told AS (
    SELECT captured_at AS moment, 1 AS place, 'captured' AS what, source AS told_by, kind AS says, NULL AS id
    FROM stored
    WHERE captured_at IS NOT NULL
    UNION ALL
    SELECT
        last_modified, 2, 'written', source,
        size::VARCHAR || ' bytes' || coalesce(', ' || storage_class, ''), NULL
    FROM stored
    UNION ALL
    SELECT deleted_at, 7, 'deleted', source, 'not in the listing that began then', NULL
    FROM stored
    WHERE deleted_at IS NOT NULL
    UNION ALL
    SELECT
        notified_at, 3, 'notified', provider,
        CASE WHEN is_test THEN event || ' (a test)' ELSE event END, notification_id
    FROM notifications
    WHERE object_key = $key::VARCHAR
    UNION ALL
    SELECT
        v.moderated_at, 4, 'judged', v.provider || ', ' || v.reviewer,
        v.suggestion || coalesce(': ' || v.label, '') || coalesce(' ' || round(v.score, 3)::VARCHAR, '')
            || coalesce(', matched by ' || m.matched_by, ', not matched'),
        v.verdict_id
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE m.key = $key::VARCHAR
        OR (m.key IS NULL AND v.object_key = $key::VARCHAR)
    UNION ALL
    SELECT from_at, 5, 'found', kind || ', ' || severity || ', ' || status, explanation, finding_id
    FROM findings
    WHERE key = $key::VARCHAR
    UNION ALL
    SELECT acknowledged_at, 6, 'acknowledged', acknowledged_by, note, finding_id
    FROM findings
    WHERE key = $key::VARCHAR
        AND acknowledged_at IS NOT NULL
)
SELECT moment, what, told_by, says, id
FROM told
ORDER BY moment, place, told_by, says, id;
