-- The verdicts of new bodies. What an object's key says of it goes before what the payload says; where both tell a time
-- and these differ by more than the coarser one is fine, that is said. The last digits of a number of 17 digits are lost
-- wherever it passes through a double: four milliseconds are no disagreement.
INSERT INTO verdicts BY NAME
SELECT * EXCLUDE (_apart, _fine) FROM (
SELECT DISTINCT ON (v.verdict_id)
    v.verdict_id, v.payload_id, v.result_path, v.provider, v.event_id, v.policy, v.model_version, v.reviewer, v.bucket,
    v.key AS object_key,
    v.object_url,
    coalesce(
        v.key_source,
        CASE
            WHEN v.key IS NOT NULL THEN 'payload'
            WHEN v.object_url IS NOT NULL THEN 'url'
            WHEN v.captured_at IS NOT NULL AND coalesce(v.cname, v.sid, v.stream) IS NOT NULL THEN 'derived'
            ELSE 'none'
        END
    ) AS key_source,
    coalesce(k.sid, v.sid) AS sid,
    coalesce(k.cname, v.cname) AS cname,
    coalesce(k.uid, v.uid) AS uid,
    coalesce(k.app, v.app) AS app,
    coalesce(k.stream, v.stream) AS stream,
    coalesce(k.captured_at, v.captured_at) AS captured_at,
    CASE WHEN k.captured_at IS NOT NULL THEN k.captured_at_precision_ms ELSE v.captured_at_precision_ms END
        AS captured_at_precision_ms,
    CASE
        WHEN k.captured_at IS NOT NULL THEN 'key'
        WHEN v.captured_at IS NOT NULL THEN 'payload'
    END AS captured_at_source,
    v.moderated_at, v.scene, v.label, v.category, v.suggestion, v.suggestion_raw, v.suggestion_source,
    v.score, v.score_raw, v.score_scale, v.is_overall,
    v.is_overall AND (v.suggestion = 'review' OR v.suggestion = 'block') AS is_violation,
    v.object_state,
    abs(epoch_ms(k.captured_at) - epoch_ms(v.captured_at)) AS _apart,
    greatest(k.captured_at_precision_ms, v.captured_at_precision_ms, 5) AS _fine,
    list_distinct(
        v.quality || CASE
            WHEN _apart IS NULL OR _apart < _fine THEN []
            WHEN abs(_apart - 28800000) < _fine THEN [$beijing_name]
            ELSE [$times_disagree]
        END
    ) AS quality
FROM verdict_batch v
LEFT JOIN decoded_keys k ON k.key = v.key
WHERE v.payload_id IN (FROM new_payloads)
);
