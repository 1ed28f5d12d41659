-- title: Violations whose evidence is missing
-- about: Violations that no present, unchangeable screenshot stands for, and why: deleted, missing, withheld, mutable or without a key.
-- param: evidence text: only deleted, missing, withheld, mutable or no-key
-- param: day date: only frames captured on this day, UTC
SELECT
    evidence,
    captured_at,
    channel,
    coalesce(uid::VARCHAR, stream) AS who,
    label,
    suggestion,
    coalesce(key, object_key, object_url) AS object,
    deleted_at,
    provider,
    payload_id
FROM violations
WHERE evidence <> 'present'
    AND ($evidence::VARCHAR IS NULL OR evidence = $evidence::VARCHAR)
    AND ($day::DATE IS NULL OR captured_at::DATE = $day::DATE)
ORDER BY evidence, captured_at, object, verdict_id;
