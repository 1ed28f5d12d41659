-- title: Coverage by session
-- about: What share of the shots that its interval promises each session has, worst first.
-- param: source text: only this source
-- param: channel text: only this channel
-- param: at_most number = 100: only sessions with at most this percentage
SELECT
    source,
    channel,
    uid,
    sid,
    min(hour) AS first_hour,
    max(hour) AS last_hour,
    sum(shots)::BIGINT AS shots,
    sum(missing)::BIGINT AS missing,
    sum(explained)::BIGINT AS explained,
    round(100.0 * sum(shots) / (sum(shots) + sum(missing)), 2) AS covered_percent
FROM coverage
WHERE ($source::VARCHAR IS NULL OR source = $source::VARCHAR)
    AND ($channel::VARCHAR IS NULL OR channel = $channel::VARCHAR)
GROUP BY source, service, channel, uid, sid
HAVING covered_percent <= $at_most::DOUBLE
ORDER BY covered_percent, missing DESC, source, channel, uid, sid, service;
