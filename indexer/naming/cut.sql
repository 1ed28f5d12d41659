-- Cuts the time off the end of a key: key = _front || the _digits digits of _moment || _back. A key whose end is no valid
-- time stands whole in _front, with 0 _digits.
WITH measured AS (
    SELECT *,
        CASE
            WHEN suffix(key, '.jpg') THEN
                CASE
                    WHEN substr(key, -22, 1) = '_' THEN 17
                    WHEN substr(key, -19, 1) = '_' THEN 14
                    WHEN substr(key, -18, 1) = '_' THEN 13
                    WHEN substr(key, -15, 1) = '_' THEN 10
                    ELSE 0
                END
            WHEN suffix(key, '.ts') AND substr(key, -21, 1) = '_' THEN 17
            ELSE 0
        END AS _width,
        CASE WHEN suffix(key, '.jpg') THEN '.jpg' ELSE '.ts' END AS _extension,
        substr(key, -length(_extension) - _width, _width) AS _time_text
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
        END AS _moment
    FROM measured
)
SELECT * EXCLUDE (_width, _extension, _time_text, _time),
    (CASE WHEN _moment IS NULL THEN 0 ELSE _width END)::UTINYINT AS _digits,
    CASE WHEN _moment IS NULL THEN key ELSE substr(key, 1, length(key) - length(_extension) - _width) END AS _front,
    CASE WHEN _moment IS NULL THEN '' ELSE _extension END AS _back
FROM timed
