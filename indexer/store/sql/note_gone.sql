-- A range that was listed does not hold what it does not name.
INSERT INTO gone
SELECT row_id
FROM known k
WHERE in_range
    AND deleted_at IS NULL
    AND NOT EXISTS (FROM named b WHERE b.name_id = k.name_id AND b.moment IS NOT DISTINCT FROM k.moment)
