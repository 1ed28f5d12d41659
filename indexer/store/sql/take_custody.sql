-- The objects of violations as they are when they are first found.
INSERT INTO custody
SELECT source, key, any_value(size), any_value(etag), any_value(last_modified), $run
FROM evidence e
WHERE evidence = 'present' AND NOT EXISTS (FROM custody c WHERE c.source = e.source AND c.key = e.key)
GROUP BY source, key
