-- Names that follow a template of the configuration. Below stands one struct a template, NULL where it does not match,
-- with a field for each placeholder and the template's number in _nr. Columns that begin with _ are scratch.
WITH matched AS (
    SELECT *, coalesce({matches}) AS _m
    FROM {keys}
),
timed AS (
    SELECT *,
        CASE
            WHEN length(_m.UnixTimestamp) = 13 THEN make_timestamp(_m.UnixTimestamp::BIGINT * 1000)
            WHEN length(_m.UnixTimestamp) = 10 THEN make_timestamp(_m.UnixTimestamp::BIGINT * 1000000)
            WHEN _m.Date IS NOT NULL THEN
                try_strptime(
                    replace(_m.Date, '-', '') || lpad(coalesce(_m.Hour, '0'), 2, '0')
                        || lpad(coalesce(_m.Minute, '0'), 2, '0') || lpad(coalesce(_m.Second, '0'), 2, '0'),
                    '%Y%m%d%H%M%S'
                ) - to_minutes(_m._utc_offset_minutes)
        END AS _captured_at,
        _m.UnixTimestamp IS NOT NULL OR _m.Date IS NOT NULL AS _tells_time,
        _m.UnixTimestamp IS NULL AND _m.Date IS NOT NULL AS _by_clock,
        CASE WHEN _m IS NULL THEN
            lower(regexp_extract(key, '\.(m3u8|ts|mp4|webm|mpd|mp3|m4a|aac|flv|vtt)$', 1))
        END AS _extension,
        CASE
            WHEN _m IS NOT NULL AND (NOT _tells_time OR year(_captured_at) BETWEEN 1000 AND 9999) THEN 'screenshot'
            WHEN _extension = 'vtt' THEN 'caption'
            WHEN _extension <> '' THEN 'recording'
            ELSE 'unparsed'
        END AS kind
    FROM matched
)
SELECT * EXCLUDE (_m, _captured_at, _tells_time, _by_clock, _extension),
    CASE WHEN kind <> 'unparsed' THEN 'template' END AS service,
    NULL::VARCHAR AS sid,
    NULL::VARCHAR AS cname,
    NULL::UBIGINT AS uid,
    NULL::VARCHAR AS stream_type,
    CASE WHEN kind = 'screenshot' THEN _m.AppName END AS app,
    CASE WHEN kind = 'screenshot' THEN _m.StreamName END AS stream,
    CASE WHEN kind = 'screenshot' THEN _m.DomainName END AS domain,
    NULL::TIMESTAMP AS session_started_at,
    CASE WHEN kind = 'screenshot' THEN _m.Sequence::BIGINT END AS sequence,
    CASE WHEN kind = 'screenshot' THEN _captured_at END AS captured_at,
    CASE
        WHEN captured_at IS NULL THEN NULL
        WHEN length(_m.UnixTimestamp) = 13 THEN 1
        WHEN _m.UnixTimestamp IS NOT NULL OR _m.Second IS NOT NULL THEN 1000
        WHEN _m.Minute IS NOT NULL THEN 60000
        WHEN _m.Hour IS NOT NULL THEN 3600000
        ELSE 86400000
    END::INTEGER AS captured_at_precision_ms,
    NULL::UTINYINT AS failover,
    CASE
        WHEN kind <> 'unparsed' THEN NULL
        WHEN suffix(key, '/') THEN 'a folder marker'
        WHEN _m IS NULL THEN 'does not follow the template'
        ELSE 'not a calendar time: ' || concat_ws(' ', _m.Date, _m.Hour, _m.Minute, _m.Second)
    END AS reason,
    CASE WHEN kind = 'screenshot' THEN '' END AS prefix,
    -- Which template, and how wide each number stood in the key (=); a clock's numbers themselves (:) where they are not
    -- what tells the time.
    CASE WHEN kind = 'screenshot' THEN
        concat_ws(
            ' ', _m._nr, 'Sequence=' || length(_m.Sequence), 'UnixTimestamp=' || length(_m.UnixTimestamp),
            'Date' || CASE WHEN _by_clock THEN '=' || length(_m.Date) ELSE ':' || _m.Date END,
            'Hour' || CASE WHEN _by_clock THEN '=' || length(_m.Hour) ELSE ':' || _m.Hour END,
            'Minute' || CASE WHEN _by_clock THEN '=' || length(_m.Minute) ELSE ':' || _m.Minute END,
            'Second' || CASE WHEN _by_clock THEN '=' || length(_m.Second) ELSE ':' || _m.Second END
        )
    END AS form
FROM timed
