-- The names of a batch, and what new ones say. One that only late objects have is left to the next run.
CREATE OR REPLACE TEMP TABLE fronts AS
SELECT b._front, b._digits, b._back, b.late, n.name_id
FROM (
    SELECT front AS _front, digits AS _digits, back AS _back, bool_and(late) AS late
    FROM batch
    GROUP BY ALL
) b
LEFT JOIN names n ON n.source = $source AND n.front = b._front AND n.digits = b._digits AND n.back = b._back
