-- title: Screenshots that nobody judged
-- about: Screenshots without a verdict, between the first and the last judged one, of sources whose shots are all sent to moderation.
-- scope: sessions
WITH spans AS (
    SELECT j.source, min(j.captured_at) AS first_at, max(j.captured_at) AS last_at
    FROM judged j
    JOIN sources s ON s.source = j.source AND s.moderated
    GROUP BY j.source
    HAVING bool_or(j.is_passed)
),
-- What is not there is sought before anything else is joined, which takes a tenth of the time.
passed_over AS MATERIALIZED (
    SELECT t.session_id, t.captured_at
    FROM shots t
    WHERE NOT EXISTS (SELECT 1 FROM judged j WHERE j.name_id = t.name_id AND j.captured_at = t.captured_at)
),
unjudged AS (
    SELECT t.session_id, count(*) AS shots, min(t.captured_at) AS from_at, max(t.captured_at) AS until_at
    FROM passed_over t
    JOIN session_list l ON l.session_id = t.session_id
    JOIN spans p ON p.source = l.source AND t.captured_at BETWEEN p.first_at AND p.last_at
    GROUP BY t.session_id
)
SELECT
    'warning' AS severity,
    l.source, l.channel, l.sid, l.uid, u.from_at, u.until_at,
    u.shots AS rows,
    u.shots AS measure,
    printf(
        '%d of %d screenshots of the session have no verdict, not even a pass, while others of the source do: they were not sent to moderation, or its callbacks were lost',
        u.shots, l.shots
    ) AS explanation
FROM unjudged u
JOIN session_list l ON l.session_id = u.session_id
-- not computable
SELECT
    s.source,
    CASE WHEN s.moderated THEN 'no provider reports passes for it' ELSE 'it is not said to be moderated' END AS reason
FROM sources s
WHERE NOT s.moderated OR NOT EXISTS (SELECT 1 FROM judged j WHERE j.source = s.source AND j.is_passed)
-- rows
SELECT s.*
FROM screenshots s
WHERE s.source = $source
    AND s.sid IS NOT DISTINCT FROM $sid
    AND s.channel IS NOT DISTINCT FROM $channel
    AND s.uid IS NOT DISTINCT FROM $uid
    AND s.captured_at BETWEEN $from_at AND $until_at
    AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.source = s.source AND m.key = s.key)
ORDER BY s.captured_at, s.key
