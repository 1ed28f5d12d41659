-- title: Verdicts without a screenshot
-- about: Passed pictures that no bucket holds, and violations whose picture is withheld or not named, by provider, reason and day.
-- scope: index
WITH judged AS (
    SELECT verdict_id, payload_id, provider, category, key_source, object_state, captured_at, moderated_at, evidence
    FROM violations
    WHERE evidence IN ('withheld', 'no-key')
    UNION ALL
    SELECT
        verdict_id, payload_id, provider, category, key_source, object_state, captured_at, moderated_at,
        CASE WHEN key_source = 'none' THEN 'no-key' END
    FROM verdicts v
    WHERE is_overall AND NOT is_violation AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.verdict_id = v.verdict_id)
),
dated AS (
    SELECT
        any_value(j.provider) AS provider, any_value(j.captured_at) AS captured_at,
        any_value(j.moderated_at) AS moderated_at,
        coalesce(any_value(j.moderated_at), min(d.received_at), any_value(p.ingested_at)) AS judged_at,
        -- Agora's client moderation stores what it finds neutral only on request; ActiveFence and Alibaba's Content
        -- Moderation judge pictures of their own, at addresses that end after hours.
        any_value(
            CASE
                WHEN j.object_state IN ('frozen', 'moved', 'disabled', 'deleted') THEN j.object_state
                WHEN j.evidence = 'no-key' THEN 'no-key'
                WHEN j.provider = 'agora_client' AND j.category = 'neutral' THEN 'not-stored'
                WHEN j.provider IN ('activefence', 'alibaba_green') OR j.key_source = 'url' THEN 'elsewhere'
                ELSE 'unexplained'
            END
        ) AS reason
    FROM judged j
    JOIN payload_bodies p ON p.payload_id = j.payload_id
    LEFT JOIN deliveries d ON d.payload_id = j.payload_id
    GROUP BY j.verdict_id
),
told AS (
    SELECT *, coalesce(captured_at, judged_at) AS moment
    FROM dated
    WHERE reason <> 'unexplained' OR coalesce(moderated_at, captured_at, judged_at) < $as_of
)
SELECT
    CASE WHEN reason = 'unexplained' THEN 'warning' ELSE 'info' END AS severity,
    printf('%s %s %s', provider, reason, moment::DATE::VARCHAR) AS subject,
    min(moment) AS from_at, max(moment) AS until_at,
    count(*) AS rows,
    count(*) AS measure,
    printf(
        '%d verdicts of %s on %s have no screenshot: %s',
        count(*), provider, moment::DATE::VARCHAR,
        CASE reason
            WHEN 'no-key' THEN 'the payload does not say which picture it means'
            WHEN 'not-stored' THEN 'it found them neutral, and stores only porn and sexy ones unless told otherwise'
            WHEN 'elsewhere' THEN 'it judged them at an address of its own, most likely a temporary one'
            WHEN 'unexplained' THEN 'the picture is named and no listing since found it, and nothing is known that explains it'
            ELSE printf('the provider says that it made the object %s', reason)
        END
    ) AS explanation
FROM told
GROUP BY provider, reason, moment::DATE
-- rows
WITH judged AS (
    SELECT verdict_id, payload_id, provider, category, key_source, object_state, captured_at, moderated_at, evidence
    FROM violations
    WHERE evidence IN ('withheld', 'no-key')
    UNION ALL
    SELECT
        verdict_id, payload_id, provider, category, key_source, object_state, captured_at, moderated_at,
        CASE WHEN key_source = 'none' THEN 'no-key' END
    FROM verdicts v
    WHERE is_overall AND NOT is_violation AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.verdict_id = v.verdict_id)
),
told AS (
    SELECT
        j.*,
        coalesce(j.captured_at, j.moderated_at, p.received_at, p.ingested_at) AS moment,
        coalesce(j.moderated_at, j.captured_at, p.received_at, p.ingested_at) AS known_at,
        CASE
            WHEN j.object_state IN ('frozen', 'moved', 'disabled', 'deleted') THEN j.object_state
            WHEN j.evidence = 'no-key' THEN 'no-key'
            WHEN j.provider = 'agora_client' AND j.category = 'neutral' THEN 'not-stored'
            WHEN j.provider IN ('activefence', 'alibaba_green') OR j.key_source = 'url' THEN 'elsewhere'
            ELSE 'unexplained'
        END AS reason
    FROM judged j
    JOIN payloads p ON p.payload_id = j.payload_id
)
SELECT v.*, t.reason
FROM told t
JOIN verdicts v ON v.verdict_id = t.verdict_id
WHERE printf('%s %s %s', t.provider, t.reason, t.moment::DATE::VARCHAR) = $subject
    AND (
        t.reason <> 'unexplained'
        OR t.known_at < (SELECT max(began_at) FROM run_sources WHERE status = 'complete')
    )
ORDER BY v.captured_at, v.verdict_id
