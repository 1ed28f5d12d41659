-- Where a part's sessions have no shot for one and a half intervals or longer: how many are missing, and what explains it.
--
-- * failover: the recorder was replaced, which takes up to 90 seconds; the new one's names begin with bak<n>_.
-- * paused: others of the same recording were captured meanwhile, at least half as often. The platform takes no shots of a
--   user that sends no video, until the video comes back.
-- * no-session: the names carry no session, and ten minutes without a shot are the end of one.
--
-- What is more than 30 days apart is no gap: a name with a wrong clock would be billions of missing shots, in as many hours
-- as the years have.
CREATE OR REPLACE TEMP TABLE gaps AS
WITH wide AS (
    SELECT
        t.session_id, l.recording, t.before_at AS from_at, t.captured_at AS until_at, t.delta_ms, u.pace_ms,
        (round(t.delta_ms / u.pace_ms) - 1)::BIGINT AS missing,
        t.failover IS NOT NULL AND t.failover IS DISTINCT FROM t.before_failover AS is_failover,
        l.sid IS NULL AS is_open
    FROM shots t
    JOIN session_stats u ON u.session_id = t.session_id
    JOIN session_list l ON l.session_id = t.session_id
    WHERE t.delta_ms > 1.5 * u.pace_ms + l.precision_ms AND t.delta_ms <= 2592000000
),
-- How many shots its recording has before each one, and up to the same instant: what lies between two of them is counted by
-- subtraction, as a channel of a thousand users with a thousand pauses has too many pairs to look at.
ranked AS (
    SELECT t.session_id, t.captured_at, rank() OVER recording - 1 AS earlier, count(*) OVER recording AS so_far
    FROM shots t
    JOIN session_list l ON l.session_id = t.session_id
    WHERE l.sid IS NOT NULL AND l.recording IN (SELECT recording FROM wide)
    WINDOW recording AS (PARTITION BY l.recording ORDER BY t.captured_at)
),
others AS (
    SELECT w.session_id, w.from_at, max(u.earlier) - min(f.so_far) AS shots
    FROM wide w
    JOIN ranked f ON f.session_id = w.session_id AND f.captured_at = w.from_at
    JOIN ranked u ON u.session_id = w.session_id AND u.captured_at = w.until_at
    GROUP BY w.session_id, w.from_at
)
SELECT
    w.session_id, w.from_at, w.until_at, w.pace_ms, w.missing,
    CASE
        WHEN w.is_failover AND w.delta_ms <= 90000 + w.pace_ms THEN 'failover'
        WHEN o.shots * 2 >= w.missing THEN 'paused'
        WHEN w.is_open AND w.delta_ms >= 600000 THEN 'no-session'
    END AS explained_by
FROM wide w
LEFT JOIN others o ON o.session_id = w.session_id AND o.from_at = w.from_at
