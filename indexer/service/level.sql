-- Each part is read from the index of the places alone: bodies are many times as large.
SELECT
    (SELECT count(*) FROM callbacks),
    (SELECT count(*) FROM callbacks WHERE place > drained_to),
    (SELECT last_received_at FROM callbacks WHERE place > drained_to ORDER BY place LIMIT 1)
FROM state
