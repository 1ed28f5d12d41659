UPDATE archived_names
SET present = archived_names.present - gone.objects
FROM (
    SELECT name_id, captured_at::DATE AS day, count(*) AS objects
    FROM known_archived
    WHERE comes_back AND deleted_at IS NULL
    GROUP BY ALL
) gone
WHERE gone.name_id = archived_names.name_id AND gone.day = archived_names.day
