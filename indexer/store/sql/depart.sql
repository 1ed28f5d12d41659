-- What is in the archive's files now has left.
DELETE FROM kept_rows
USING names n, departing d
WHERE n.name_id = kept_rows.name_id
    AND d.source = n.source
    AND n.kind = 'screenshot'
    AND n.digits > 0
    AND d.day = kept_rows.captured_at::DATE
    AND (kept_rows.deleted_at IS NOT NULL OR kept_rows.last_seen_run IS NULL)
