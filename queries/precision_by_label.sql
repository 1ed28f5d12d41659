-- title: Precision by label
-- about: Of the frames that a machine flagged and a person then judged, the share that the person flagged too; without one it is not computable.
-- param: provider text: only this provider
-- param: at_least integer = 0: only labels with so many judged frames
WITH framed AS (
    SELECT v.*,
        coalesce(
            m.source || ' ' || m.key, v.object_key, v.object_url,
            v.sid || ' ' || v.uid::VARCHAR || ' ' || v.captured_at::VARCHAR
        ) AS frame
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
),
flagged AS (
    SELECT DISTINCT provider, lower(label) AS label, frame
    FROM framed
    WHERE reviewer = 'machine'
        AND is_violation
        AND frame IS NOT NULL
        AND ($provider::VARCHAR IS NULL OR provider = $provider::VARCHAR)
),
judged AS (
    SELECT frame, suggestion
    FROM framed
    WHERE reviewer = 'human'
        AND is_overall
        AND suggestion <> 'unknown'
        AND frame IS NOT NULL
    QUALIFY row_number() OVER (
            PARTITION BY frame ORDER BY moderated_at DESC NULLS LAST, suggestion = 'pass', verdict_id
        ) = 1
)
SELECT
    f.provider,
    f.label,
    count(*) AS flagged,
    count(j.frame) AS judged,
    count(*) FILTER (WHERE j.suggestion <> 'pass') AS upheld,
    count(*) FILTER (WHERE j.suggestion = 'pass') AS overturned,
    CASE
        WHEN count(j.frame) > 0
            THEN round(1.0 * count(*) FILTER (WHERE j.suggestion <> 'pass') / count(j.frame), 3)
    END AS "precision",
    CASE WHEN count(j.frame) = 0 THEN 'no person has judged a flagged frame' END AS not_computable
FROM flagged f
LEFT JOIN judged j ON j.frame = f.frame
GROUP BY f.provider, f.label
HAVING judged >= $at_least::BIGINT
ORDER BY flagged DESC, f.provider, f.label;
