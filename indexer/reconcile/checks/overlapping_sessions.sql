-- title: Two sessions of one user at once
-- about: Sessions of one channel and user that ran at the same time under different ids: two recorders were started.
-- scope: index
-- Each session is told once, with the one of those before it that ran longest: a thousand at once are a thousand findings,
-- and not all their pairs. Of those that ended at one instant it is the one with the last id, so that every run names the
-- same; the number before the id has as many digits for every time that a name can tell.
WITH ordered AS (
    SELECT
        source, channel, uid, sid, first_at, last_at,
        max(last_at) OVER earlier AS other_last_at,
        substr(max((epoch_ms(last_at) + 500000000000000)::VARCHAR || sid) OVER earlier, 16) AS other_sid
    FROM session_list
    WHERE sid IS NOT NULL
    WINDOW earlier AS (
        PARTITION BY source, channel, uid ORDER BY first_at, sid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
at_once AS (
    SELECT *, least(last_at, other_last_at) AS until_at, epoch_ms(least(last_at, other_last_at)) - epoch_ms(first_at) AS ms
    FROM ordered
    WHERE first_at < last_at AND first_at < other_last_at
)
SELECT
    'warning' AS severity,
    source, channel, sid, uid,
    other_sid AS subject,
    first_at AS from_at,
    until_at,
    2 AS rows,
    ms / 1000 AS measure,
    printf(
        'for %.0f s another session of the same channel and user ran too: two recorders took the same pictures, and both are paid for',
        ms / 1000
    ) AS explanation
FROM at_once
-- rows
SELECT
    source, channel, sid, uid, min(captured_at) AS first_captured_at, max(captured_at) AS last_captured_at,
    count(*) AS screenshots, sum(size) AS bytes
FROM screenshots
WHERE source = $source
    AND channel IS NOT DISTINCT FROM $channel
    AND uid IS NOT DISTINCT FROM $uid
    AND sid IN ($sid, $subject)
GROUP BY source, channel, sid, uid
ORDER BY first_captured_at, sid
