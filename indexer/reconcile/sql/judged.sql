-- The shots that a verdict is matched to. is_passed: somebody looked at it and found nothing, which tells a provider that
-- reports every picture from one that reports only what it flags; a pass of one scene beside a violation tells nothing.
CREATE OR REPLACE TEMP TABLE judged AS
SELECT
    m.source, m.name_id, m.captured_at,
    bool_or(v.is_overall AND v.suggestion = 'pass') AND NOT bool_or(v.is_violation) AS is_passed
FROM matches m
JOIN verdicts v ON v.verdict_id = m.verdict_id
WHERE m.captured_at IS NOT NULL
GROUP BY m.source, m.name_id, m.captured_at
