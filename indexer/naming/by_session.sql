-- Decodes each session's name once: the keys of a session differ only by the time at their end. That time is read for
-- every key; what is before it, with a stand-in for the time, goes through the grammar once a batch.
--
-- The stand-ins are times that no reason has but for them, so that it can name the key's own time instead.
-- A key whose end is no valid time stands for itself. Columns that begin with _ are scratch.
WITH measured AS (
    SELECT *,
        CASE
            WHEN NOT suffix(key, '.jpg') THEN 0
            WHEN substr(key, -22, 1) = '_' THEN 17
            WHEN substr(key, -19, 1) = '_' THEN 14
            WHEN substr(key, -18, 1) = '_' THEN 13
            WHEN substr(key, -15, 1) = '_' THEN 10
            ELSE 0
        END AS _width,
        substr(key, -4 - _width, _width) AS _time_text
    FROM {keys}
),
-- strptime wants digits, and forgives blanks at the ends: these leave a number that is too small. A sign may stand
-- before a number that is written back as it was read.
timed AS (
    SELECT *,
        try_cast(_time_text AS BIGINT) AS _time,
        CASE _width
            WHEN 17 THEN CASE WHEN _time >= 10000000000000000 THEN try_strptime(_time_text, '%Y%m%d%H%M%S%g') END
            WHEN 14 THEN CASE WHEN _time >= 10000000000000 THEN try_strptime(_time_text, '%Y%m%d%H%M%S') END
            WHEN 13 THEN CASE WHEN _time >= 0 AND _time::VARCHAR = _time_text THEN make_timestamp(_time * 1000) END
            WHEN 10 THEN CASE WHEN _time >= 0 AND _time::VARCHAR = _time_text THEN make_timestamp(_time * 1000000) END
        END AS _captured_at
    FROM measured
),
cut AS MATERIALIZED (
    SELECT * EXCLUDE (_time_text, _time) REPLACE (CASE WHEN _captured_at IS NULL THEN 0 ELSE _width END AS _width),
        CASE WHEN _captured_at IS NULL THEN key ELSE substr(key, 1, length(key) - 4 - _width) END AS _session
    FROM timed
),
names AS (
    SELECT *,
        CASE _width
            WHEN 17 THEN '27180104042353602'
            WHEN 14 THEN '27180104042353'
            WHEN 13 THEN '8281828459045'
            WHEN 10 THEN '8281828459'
        END AS _stand_in,
        CASE WHEN _width = 0 THEN _session ELSE _session || _stand_in || '.jpg' END AS key
    FROM (SELECT DISTINCT _session, _width FROM cut)
),
decoded AS (
    {grammar}
)
SELECT cut.* EXCLUDE (_session, _width, _captured_at),
    decoded.* EXCLUDE (key, _session, _width, _stand_in)
        REPLACE (
            CASE WHEN kind = 'screenshot' THEN coalesce(_captured_at, captured_at) ELSE captured_at END AS captured_at,
            CASE WHEN reason IS NOT NULL AND decoded._width > 0
                THEN replace(reason, _stand_in, substr(cut.key, -4 - cut._width, cut._width))
                ELSE reason
            END AS reason
        )
FROM cut
JOIN decoded ON decoded._session = cut._session AND decoded._width = cut._width
