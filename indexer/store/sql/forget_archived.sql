-- What was known of a day's names in the archive, before its file is replaced.
DELETE FROM {table}
USING names n
WHERE n.name_id = {table}.name_id
    AND n.source = $source
    AND ($day::DATE IS NULL OR {table}.day = $day::DATE)
