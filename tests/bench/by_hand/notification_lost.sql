SELECT counted_in, sequence, before
FROM (
    SELECT counted_in, sequence, lag(sequence) OVER (PARTITION BY counted_in ORDER BY sequence) AS before
    FROM payload_bodies
    WHERE sequence IS NOT NULL
)
WHERE sequence - before > 1
