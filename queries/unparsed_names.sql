-- title: Unparsed names by reason
-- about: Why keys could not be read as screenshots, how many there are for each reason, and one of them.
-- param: source text: only this source
SELECT
    source,
    split_part(reason, ':', 1) AS why,
    count(*) AS objects,
    min(key) AS example,
    arg_min(reason, key) AS its_reason
FROM other_objects
WHERE kind = 'unparsed'
    AND deleted_at IS NULL
    AND ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
GROUP BY 1, 2
ORDER BY objects DESC, source, why;
