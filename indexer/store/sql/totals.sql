SELECT
    coalesce(sum(keys), 0)::UBIGINT,
    coalesce(sum(left_out), 0)::UBIGINT,
    (SELECT count(*) FROM met WHERE changed),
    (SELECT count(*) FROM met WHERE returned),
    (SELECT count(*) FROM gone)
FROM tallies
