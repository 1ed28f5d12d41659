-- title: Names in another time zone
-- about: Sources whose objects were all written a constant number of quarter hours off the times in their names: local time.
-- scope: index
SELECT
    'warning' AS severity,
    k.source,
    k.first_at AS from_at,
    k.last_at AS until_at,
    1 AS rows,
    k.shift_seconds AS measure,
    printf(
        '%.1f %% of %d shots were written %.2f h %s the time in their names, which is most likely of UTC%s%02d:%02d and not UTC%s',
        floor(1000.0 * k.near_shots / k.shots) / 10, k.shots, abs(k.shift_seconds) / 3600,
        CASE WHEN k.shift_seconds < 0 THEN 'before' ELSE 'after' END,
        CASE WHEN k.shift_seconds < 0 THEN '+' ELSE '-' END,
        abs(k.shift_seconds) // 3600, abs(k.shift_seconds) % 3600 // 60,
        CASE s.layout
            WHEN 'template' THEN printf(
                ': add %s%02d:%02d to the source''s utc_offset',
                CASE WHEN k.shift_seconds < 0 THEN '+' ELSE '-' END,
                abs(k.shift_seconds) // 3600, abs(k.shift_seconds) % 3600 // 60
            )
            ELSE ', as this layout promises: look at the clock of what writes them'
        END
    ) AS explanation
FROM skews k
JOIN sources s ON s.source = k.source
-- rows
SELECT source, min(day) AS first_day, max(day) AS last_day, sum(shots) AS shots, sum(seconds * shots) / sum(shots) AS mean_seconds
FROM upload_latency
WHERE source = $source
GROUP BY source
