SELECT f.folder || '/' || f.path AS file
FROM archive_files f
WHERE f.source = $source AND f.day IN (SELECT day FROM archived_touched)
ORDER BY file
