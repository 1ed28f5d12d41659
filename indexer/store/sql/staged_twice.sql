SELECT count(*)
FROM (
    SELECT 1
    FROM staging.staged
    WHERE name_id IS NOT NULL
    GROUP BY name_id, moment
    HAVING count(*) > 1
)
