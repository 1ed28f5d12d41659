-- A key whose end looks like a time that its grammar does not take for one is a name of its own.
UPDATE batch
SET
    front = CASE digits
        WHEN 17 THEN front || strftime(moment, '%Y%m%d%H%M%S%g') || back
        WHEN 14 THEN front || strftime(moment, '%Y%m%d%H%M%S') || back
        WHEN 13 THEN front || epoch_ms(moment) || back
        ELSE front || epoch_ms(moment) // 1000 || back
    END,
    digits = 0,
    back = '',
    moment = NULL
WHERE digits > 0
    AND (front, digits, back) IN (SELECT (_front, _digits, _back) FROM fresh WHERE NOT _timed)
