-- The worst covered channels of the day, worst first, each with its hours. What is missing and explained was not due.
WITH hours AS (
    SELECT
        source, channel, hour,
        CAST(sum(shots) AS BIGINT) AS shots,
        CAST(sum(missing) AS BIGINT) AS missing,
        CAST(sum(explained) AS BIGINT) AS explained
    FROM coverage
    WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY
    GROUP BY source, channel, hour
),
totals AS (
    SELECT
        source, channel,
        CAST(sum(shots) AS BIGINT) AS all_shots,
        CAST(sum(missing) AS BIGINT) AS all_missing,
        CAST(sum(explained) AS BIGINT) AS all_explained
    FROM hours
    GROUP BY source, channel
),
placed AS (
    SELECT *,
        count(*) OVER () AS channels,
        row_number() OVER (
            ORDER BY
                coalesce(CAST(all_shots AS DOUBLE) / nullif(all_shots + all_missing - all_explained, 0), 1),
                all_missing - all_explained DESC,
                source,
                channel
        ) AS place
    FROM totals
)
SELECT
    p.place, p.channels, h.source, h.channel, p.all_shots, p.all_missing, p.all_explained,
    h.hour, h.shots, h.missing, h.explained
FROM placed p
JOIN hours h ON h.source = p.source AND h.channel IS NOT DISTINCT FROM p.channel
WHERE p.place <= $most
ORDER BY p.place, h.hour
