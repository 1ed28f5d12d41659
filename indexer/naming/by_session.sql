-- Decodes each session's name once: the keys of a session differ only by the time at their end.
WITH cut AS MATERIALIZED (
    {cut}
),
named AS (
    {names}
)
SELECT cut.* EXCLUDE (_front, _digits, _back, _moment),
    named.* EXCLUDE (_front, _digits, _back, _stand_in, _timed)
        REPLACE (
            CASE WHEN _timed THEN _moment ELSE captured_at END AS captured_at,
            CASE WHEN reason IS NOT NULL AND named._digits > 0
                THEN replace(reason, _stand_in, substr(cut.key, length(cut._front) + 1, cut._digits))
                ELSE reason
            END AS reason
        )
FROM cut
JOIN named ON named._front = cut._front AND named._digits = cut._digits AND named._back = cut._back
