SELECT
    (SELECT count(*) FROM screenshots WHERE source = $source AND deleted_at IS NULL AND starts_with(key, $prefix))
    + (SELECT count(*) FROM other_objects WHERE source = $source AND deleted_at IS NULL AND starts_with(key, $prefix));
