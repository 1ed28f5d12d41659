-- Any layout but templates: a name with the session id, date and file date of live streaming is read as such, every
-- other one as Cloud Recording's or screenshot upload's. A channel may be called by a number of 17 digits: only what
-- can be a date is taken for one.
WITH tested AS (
    SELECT *,
        regexp_matches(
            split_part(key, '/', -1),
            '^[0-9A-Fa-f]{32}_[12][0-9]{3}[01][0-9][0-3][0-9][0-2][0-9]([0-5][0-9]){2}[0-9]{3}(_[0-9]{14}|_[0-9]{17}|_[0-9]+_[0-9]{17})?\.(jpg|mp4|m3u8|ts)$'
        ) AS _live
    FROM {keys}
)
FROM ({rtc})
UNION ALL BY NAME
FROM ({live_streaming})
