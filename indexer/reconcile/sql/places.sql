-- The same for people: where a finding is in one column.
SELECT
    finding_id AS id, severity, kind, status,
    concat_ws(' ', source, channel, 'uid ' || uid, sid, key) AS place,
    from_at, until_at, explanation, note
FROM ({known})
