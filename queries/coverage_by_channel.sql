-- title: Coverage by channel
-- about: What share of the shots that each channel's interval promises is there, worst first; explained is what a failover or a pause accounts for.
-- param: source text: only this source
-- param: since date: only hours from this day on, UTC
-- param: until date: only hours before this day, UTC
WITH hours AS (
    SELECT *
    FROM coverage
    WHERE ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
        AND ($since::DATE IS NULL OR hour::DATE >= $since::DATE)
        AND ($until::DATE IS NULL OR hour::DATE < $until::DATE)
),
by_session AS (
    SELECT
        source, service, channel, sid, uid,
        sum(shots) AS shots, sum(missing) AS missing, sum(explained) AS explained,
        count(*) FILTER (WHERE missing > explained) AS lacking_hours
    FROM hours
    GROUP BY source, service, channel, sid, uid
)
SELECT
    source,
    channel,
    count(*) AS sessions,
    sum(shots)::BIGINT AS shots,
    sum(missing)::BIGINT AS missing,
    sum(explained)::BIGINT AS explained,
    sum(lacking_hours)::BIGINT AS lacking_hours,
    round(100.0 * sum(shots) / (sum(shots) + sum(missing)), 2) AS covered_percent
FROM by_session
GROUP BY source, channel
ORDER BY covered_percent, missing DESC, source, channel;
