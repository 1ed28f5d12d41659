INSERT INTO brought_back
SELECT name_id, captured_at, captured_at::DATE AS day
FROM known_archived
WHERE comes_back
