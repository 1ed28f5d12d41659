-- What a listing changed, and which days' files it is written to.
SELECT
    known_day, day, count(*) AS objects, bool_or(is_touched) AS is_touched,
    count_if(became = 'added') AS added,
    count_if(became IN ('changed', 'returned')) AS changed,
    count_if(became = 'deleted') AS deleted
FROM judged
WHERE was_known OR became <> 'left out'
GROUP BY known_day, day
