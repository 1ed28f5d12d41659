-- The archived objects of a source, deleted ones too: all of them, or those outside of a prefix that are there.
CREATE OR REPLACE TEMP TABLE known_archived AS
SELECT o.*, true AS comes_back
FROM ({archived}) o
JOIN names n ON n.name_id = o.name_id
WHERE n.source = $source
    AND ($outside::VARCHAR IS NULL OR NOT starts_with(n.front, $outside::VARCHAR) AND o.deleted_at IS NULL)
