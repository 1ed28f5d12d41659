-- What is known of a source's listings: the last complete one, how many were incremental since the last full one, how
-- fast the last one went, how much it holds, and whether a listing since broke off for good.
SELECT
    s.prefix,
    s.last_complete_run IS NOT NULL,
    (SELECT max(began_at) FROM run_sources r WHERE r.source = s.source AND r.status = 'complete'),
    (
        SELECT count(*) FROM run_sources r
        WHERE r.source = s.source AND r.status = 'complete' AND r.mode = 'incremental' AND r.run > s.last_complete_run
    ),
    (
        SELECT arg_max(requests / greatest(epoch(finished_at - began_at), 0.001), run) FROM run_sources r
        WHERE r.source = s.source AND r.status = 'complete' AND r.requests > 0
    ),
    (
        SELECT coalesce(sum(p.objects), 0)::BIGINT FROM present_names p JOIN names n ON n.name_id = p.name_id
        WHERE n.source = s.source
    ),
    -- What such a listing took in has gaps, which names' last keys hide. A listing that is gone on with keeps its beginning.
    EXISTS (
        FROM run_sources r
        WHERE r.source = s.source AND r.status = 'incomplete' AND r.run > s.last_complete_run
            AND NOT EXISTS (
                FROM run_sources c
                WHERE c.source = r.source AND c.status = 'complete' AND c.began_at = r.began_at
            )
    )
FROM sources s
WHERE s.source = $source
