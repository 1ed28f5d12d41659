session_shots AS (
    SELECT captured_at, failover, key, deleted_at, service
    FROM screenshots
    WHERE source = $source::VARCHAR
        AND channel IS NOT DISTINCT FROM $channel::VARCHAR
        AND sid IS NOT DISTINCT FROM $sid::VARCHAR
        AND uid IS NOT DISTINCT FROM $uid::UBIGINT
        AND captured_at IS NOT NULL
)
