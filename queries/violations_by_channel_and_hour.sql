-- title: Violations by channel and hour
-- about: How many violations each channel had in each hour, and how many users and frames they concern.
-- param: day date: only frames captured on this day, UTC
-- param: channel text: only this channel
SELECT
    date_trunc('hour', captured_at) AS hour,
    channel,
    count(*) AS violations,
    count(
        DISTINCT coalesce(
            source || ' ' || key, object_key, object_url,
            sid || ' ' || uid::VARCHAR || ' ' || captured_at::VARCHAR, verdict_id
        )
    ) AS frames,
    count(DISTINCT coalesce(uid::VARCHAR, stream)) AS users,
    count(*) FILTER (WHERE suggestion = 'block') AS blocks,
    string_agg(DISTINCT category, ', ' ORDER BY category) AS categories
FROM violations
WHERE ($day::DATE IS NULL OR captured_at::DATE = $day::DATE)
    AND ($channel::VARCHAR IS NULL OR channel = $channel::VARCHAR)
GROUP BY 1, 2
ORDER BY violations DESC, hour, channel;
