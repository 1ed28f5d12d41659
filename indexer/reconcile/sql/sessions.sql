-- The names of the sessions that are looked at. A session is what a finding is of: source, sid, channel and uid. A
-- recording is all sessions of one sid and channel; they have numbers that follow one another, and are in one part. A part is
-- as many shots as are looked at together. A range takes whole recordings, as what one session lacks others explain.
CREATE OR REPLACE TEMP TABLE session_names AS
WITH counted AS (
    SELECT name_id, count(*) AS shots, min(captured_at) AS first_at, max(captured_at) AS last_at
    FROM object_rows
    WHERE captured_at IS NOT NULL
    GROUP BY name_id
),
named AS (
    SELECT
        n.name_id, n.source, n.service, n.sid, n.cname, n.uid, n.app, n.stream, n.failover,
        coalesce(n.cname, n.app || '/' || n.stream, n.stream) AS channel,
        n.captured_at_precision_ms AS precision_ms, c.shots, c.first_at, c.last_at
    FROM names n
    JOIN counted c ON c.name_id = n.name_id
    WHERE n.kind = 'screenshot'
),
recorded AS (
    SELECT *, min(name_id) OVER (PARTITION BY source, sid, channel) AS recording
    FROM named
),
numbered AS (
    SELECT *, dense_rank() OVER (ORDER BY recording, uid) AS session_id
    FROM recorded
),
ranged AS (
    SELECT *
    FROM numbered
    QUALIFY ($since::TIMESTAMP IS NULL OR max(last_at) OVER (PARTITION BY recording) >= $since::TIMESTAMP)
        AND ($until::TIMESTAMP IS NULL OR min(first_at) OVER (PARTITION BY recording) < $until::TIMESTAMP)
)
SELECT *,
    (
        (sum(shots) OVER (ORDER BY recording) - sum(shots) OVER (PARTITION BY recording)) // $shots_at_once
    )::BIGINT AS part
FROM ranged
ORDER BY session_id
