-- title: Recall
-- about: What share of the frames that people would flag a machine flags, estimated from those that people judged, which must be a random sample; else why it is not computable.
-- param: provider text: only this provider
-- param: at_least integer = 30: the fewest passed frames that people must have judged
WITH framed AS (
    SELECT v.*,
        coalesce(
            m.source || ' ' || m.key, v.object_key, v.object_url,
            v.sid || ' ' || v.uid::VARCHAR || ' ' || v.captured_at::VARCHAR
        ) AS frame
    FROM verdicts v
    LEFT JOIN matches m ON m.verdict_id = v.verdict_id
    WHERE v.is_overall
),
machine AS (
    SELECT provider, frame, bool_or(is_violation) AS is_flagged
    FROM framed
    WHERE reviewer = 'machine'
        AND suggestion <> 'unknown'
        AND frame IS NOT NULL
        AND ($provider::VARCHAR IS NULL OR provider = $provider::VARCHAR)
    GROUP BY provider, frame
),
judged AS (
    SELECT frame, suggestion <> 'pass' AS is_violation
    FROM framed
    WHERE reviewer = 'human'
        AND suggestion <> 'unknown'
        AND frame IS NOT NULL
    QUALIFY row_number() OVER (
            PARTITION BY frame ORDER BY moderated_at DESC NULLS LAST, suggestion = 'pass', verdict_id
        ) = 1
),
counted AS (
    SELECT
        m.provider,
        count(*) FILTER (WHERE m.is_flagged) AS flagged,
        count(*) FILTER (WHERE NOT m.is_flagged) AS passed,
        count(j.frame) FILTER (WHERE m.is_flagged) AS flagged_judged,
        count(*) FILTER (WHERE m.is_flagged AND j.is_violation) AS upheld,
        count(j.frame) FILTER (WHERE NOT m.is_flagged) AS passed_judged,
        count(*) FILTER (WHERE NOT m.is_flagged AND j.is_violation) AS missed
    FROM machine m
    LEFT JOIN judged j ON j.frame = m.frame
    GROUP BY m.provider
),
reasoned AS (
    SELECT *,
        CASE
            WHEN passed = 0 THEN 'the provider reports no passed frames'
            WHEN passed_judged < $at_least::BIGINT THEN 'people have judged too few of the passed frames'
            WHEN flagged > 0 AND flagged_judged = 0 THEN 'no person has judged a flagged frame'
            WHEN upheld + missed = 0 THEN 'people have flagged no frame at all'
        END AS not_computable,
        CASE WHEN flagged_judged > 0 THEN 1.0 * flagged * upheld / flagged_judged ELSE 0.0 END AS true_flagged,
        CASE WHEN passed_judged > 0 THEN 1.0 * passed * missed / passed_judged ELSE 0.0 END AS true_passed
    FROM counted
)
SELECT
    provider,
    flagged,
    flagged_judged,
    upheld,
    passed,
    passed_judged,
    missed,
    CASE WHEN not_computable IS NULL THEN round(true_flagged / (true_flagged + true_passed), 3) END AS recall,
    not_computable
FROM reasoned
ORDER BY provider;
