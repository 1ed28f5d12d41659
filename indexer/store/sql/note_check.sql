INSERT INTO checks
SELECT $kind, $title, $about, $query, $run, $seconds, count(*)
FROM found
WHERE kind = $kind
