SELECT DISTINCT f.path
FROM archive_files f
WHERE f.source = $source AND f.day IN (SELECT day FROM archived_touched)
ORDER BY f.path
