-- What runs that began later know better than this one: the objects that they saw or found deleted, and the new ones in ranges
-- that they listed, which they did not see.
CREATE OR REPLACE TEMP TABLE later AS
WITH later_runs AS (
    SELECT run FROM run_sources WHERE source = $source AND began_at > $began_at
),
proved AS (
    SELECT from_key, CASE WHEN finished_at IS NULL THEN coalesce(last_key, from_key) ELSE to_key END AS to_key
    FROM receipts
    WHERE source = $source
        AND run IN (SELECT run FROM later_runs)
        AND (finished_at IS NOT NULL OR last_key IS NOT NULL)
),
new AS (
    SELECT o.name_id, o.moment, {key} AS key
    FROM named o
    JOIN names n ON n.name_id = o.name_id
    WHERE EXISTS (SELECT 1 FROM proved)
        AND NOT EXISTS (FROM known k WHERE k.name_id = o.name_id AND k.moment IS NOT DISTINCT FROM o.moment)
)
SELECT k.name_id, k.moment
FROM known k
JOIN kept_rows o ON o.rowid = k.row_id
WHERE (o.deleted_at IS NULL AND o.last_seen_run IN (SELECT run FROM later_runs)) OR o.deleted_at > $began_at
UNION
SELECT n.name_id, n.moment
FROM new n
JOIN proved p ON (p.from_key IS NULL OR n.key > p.from_key) AND (p.to_key IS NULL OR n.key <= p.to_key)
