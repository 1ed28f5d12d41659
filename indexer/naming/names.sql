-- Reads what keys say that differ in the time at their end alone, once for all of them: the grammar sees each _front with a
-- stand-in for the time. _timed tells whether that time is when the picture was taken.
--
-- The stand-ins are times that no reason has but for them, so that it can name the key's own time instead.
WITH names AS (
    SELECT *,
        CASE _digits
            WHEN 17 THEN '27180104042353602'
            WHEN 14 THEN '27180104042353'
            WHEN 13 THEN '8281828459045'
            WHEN 10 THEN '8281828459'
            ELSE ''
        END AS _stand_in,
        CASE _digits
            WHEN 17 THEN TIMESTAMP '2718-01-04 04:23:53.602'
            WHEN 14 THEN TIMESTAMP '2718-01-04 04:23:53'
            WHEN 13 THEN make_timestamp(8281828459045000)
            WHEN 10 THEN make_timestamp(8281828459000000)
        END AS _stand_in_moment,
        _front || _stand_in || _back AS key
    FROM {heads}
),
decoded AS (
    {grammar}
)
SELECT * EXCLUDE (key, _stand_in_moment), coalesce(captured_at = _stand_in_moment, false) AS _timed
FROM decoded
