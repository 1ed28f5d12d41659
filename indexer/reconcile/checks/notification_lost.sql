-- title: Notices that never came
-- about: Agora numbers what it sends of a recording from 0, whatever it tells of: numbers that are missing are lost callbacks.
-- scope: index
WITH steps AS (
    SELECT counted_in, sequence - lag(sequence) OVER (PARTITION BY counted_in ORDER BY sequence) AS step
    FROM payload_bodies
    WHERE counted_in IS NOT NULL
),
gapped AS (
    SELECT DISTINCT counted_in
    FROM steps
    WHERE step > 1
),
sent AS (
    SELECT b.counted_in, b.sequence, count(DISTINCT b.payload_id) AS bodies,
        min(coalesce(n.notified_at, d.received_at, b.ingested_at)) AS first_at,
        max(coalesce(n.notified_at, d.received_at, b.ingested_at)) AS last_at
    FROM payload_bodies b
    LEFT JOIN notifications n ON n.payload_id = b.payload_id
    LEFT JOIN deliveries d ON d.payload_id = b.payload_id
    WHERE b.counted_in IN (SELECT counted_in FROM gapped)
    GROUP BY b.counted_in, b.sequence
),
beside AS (
    SELECT *,
        lag(sequence) OVER session AS before,
        lead(sequence) OVER session AS after
    FROM sent
    WINDOW session AS (PARTITION BY counted_in ORDER BY sequence)
),
-- The notices on both sides of what is missing.
edges AS (
    SELECT *, coalesce(sequence - before, 1) - 1 AS missing,
        count(*) FILTER (WHERE sequence - before > 1) OVER (PARTITION BY counted_in ORDER BY sequence) AS number
    FROM beside
    WHERE sequence - before > 1 OR after - sequence > 1
)
SELECT
    'warning' AS severity,
    counted_in AS sid,
    min(first_at) AS from_at, max(last_at) AS until_at,
    sum(bodies)::BIGINT AS rows,
    sum(missing) AS measure,
    printf(
        '%.0f notices of this recording never came, numbers %s%s: what they told of is not in the index',
        sum(missing)::DOUBLE,
        string_agg(
            CASE WHEN missing = 1 THEN (before + 1)::VARCHAR ELSE (before + 1) || '-' || (sequence - 1) END, ', '
            ORDER BY sequence
        ) FILTER (WHERE missing > 0 AND number <= 10),
        CASE WHEN max(number) > 10 THEN printf(' and %d more ranges', max(number) - 10) ELSE '' END
    ) AS explanation
FROM edges
GROUP BY counted_in
-- not computable
SELECT NULL AS source, 'no notice has a number; `indexer ingest --rebuild` numbers those that were taken in by an older version' AS reason
WHERE NOT EXISTS (SELECT 1 FROM payload_bodies WHERE counted_in IS NOT NULL)
-- rows
WITH sent AS (
    SELECT DISTINCT sequence
    FROM payload_bodies
    WHERE counted_in = $sid
),
beside AS (
    SELECT sequence, lag(sequence) OVER (ORDER BY sequence) AS before, lead(sequence) OVER (ORDER BY sequence) AS after
    FROM sent
)
SELECT b.sequence, b.event, b.provider, b.payload_id, b.ingested_at, n.before, n.after
FROM payload_bodies b
JOIN beside n ON n.sequence = b.sequence
WHERE b.counted_in = $sid AND (n.sequence - n.before > 1 OR n.after - n.sequence > 1)
ORDER BY b.sequence, b.ingested_at, b.payload_id
