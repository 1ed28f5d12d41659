-- title: Coverage by day and hour
-- about: How many shots each source has in each hour, of how many sessions, and how many are missing: an outage is an hour in which many sessions lack shots.
-- param: source text: only this source
-- param: day date: only this day, UTC
WITH by_session AS (
    SELECT
        hour, source, service, channel, sid, uid,
        sum(shots) AS shots, sum(missing) AS missing, sum(explained) AS explained
    FROM coverage
    WHERE ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
        AND ($day::DATE IS NULL OR hour::DATE = $day::DATE)
    GROUP BY hour, source, service, channel, sid, uid
)
SELECT
    hour,
    source,
    count(*) AS sessions,
    count(*) FILTER (WHERE missing > explained) AS lacking_sessions,
    sum(shots)::BIGINT AS shots,
    sum(missing)::BIGINT AS missing,
    sum(explained)::BIGINT AS explained,
    round(100.0 * sum(shots) / (sum(shots) + sum(missing)), 2) AS covered_percent
FROM by_session
GROUP BY hour, source
ORDER BY hour, source;
