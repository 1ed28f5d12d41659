-- Names of Cloud Recording and of screenshot upload:
--   [bak<n>_]<sid>_<cname>__uid_s_<uid>__uid_e_[video_]<utc>.jpg
--
-- Screenshots are taken apart by split functions, which cost a tenth of one regular expression with the same groups;
-- regular expressions see only what is no screenshot. Columns that begin with _ are scratch.
WITH located AS (
    SELECT *,
        split_part(key, '/', -1) AS _base,
        instr(_base, '__uid_s_') AS _at,
        substr(_base, _at + 8) AS _right
    FROM {keys}
),
-- A cname may hold the marker itself, so the last one counts. split_part reads from the left, and sees only the first
-- of two markers that share an underscore: the rest of the second one is cut off here.
marked AS (
    SELECT *,
        _at > 0 AS _marked,
        CASE
            WHEN NOT contains(_right, '_uid_s_') THEN _right
            WHEN starts_with(split_part(_base, '__uid_s_', -1), '_uid_s_') THEN substr(split_part(_base, '__uid_s_', -1), 8)
            ELSE split_part(_base, '__uid_s_', -1)
        END AS _tail,
        instr(_tail, '__uid_e_') AS _uid_end
    FROM located
),
parted AS (
    SELECT *,
        substr(_base, 1, length(_base) - length(_tail) - 8) AS _head,
        substr(_tail, 1, _uid_end - 1) AS _uid_text,
        CASE WHEN _uid_end > 0 THEN substr(_tail, _uid_end + 8) END AS _what
    FROM marked
),
read AS (
    SELECT *,
        suffix(_base, '.jpg') AS _jpg,
        starts_with(_what, 'video_') AS _video,
        substr(_what, CASE WHEN _video THEN 7 ELSE 1 END, length(_what) - CASE WHEN _video THEN 10 ELSE 4 END) AS _utc_text,
        try_cast(_utc_text AS BIGINT) AS _utc,
        try_cast(_uid_text AS UINTEGER) AS _uid,
        starts_with(_head, 'bak') AS _bakish,
        CASE WHEN _bakish THEN nullif(regexp_extract(_head, '^bak(0|[1-9][0-9]?)_', 1), '') END AS _bak,
        CASE WHEN _bak IS NULL THEN _head ELSE substr(_head, length(_bak) + 5) END AS _stem,
        instr(_stem, '_') AS _sid_end,
        substr(_stem, 1, _sid_end - 1) AS _sid,
        substr(_stem, _sid_end + 1) AS _cname
    FROM parted
),
-- A number from 0 up that is written back as it was read has digits only and no leading zero. strptime wants digits, and
-- forgives blanks at the ends: these leave a number that is too small.
judged AS (
    SELECT *,
        _uid::VARCHAR = _uid_text AS _uid_ok,
        _sid_end > 1 AND _cname <> '' AND NOT (_bakish AND regexp_full_match(_sid, 'bak[0-9]+')) AS _who_ok,
        CASE length(_utc_text)
            WHEN 17 THEN CASE WHEN _utc >= 10000000000000000 THEN try_strptime(_utc_text, '%Y%m%d%H%M%S%g') END
            WHEN 14 THEN CASE WHEN _utc >= 10000000000000 THEN try_strptime(_utc_text, '%Y%m%d%H%M%S') END
            WHEN 13 THEN CASE WHEN _utc >= 0 AND _utc::VARCHAR = _utc_text THEN make_timestamp(_utc * 1000) END
            WHEN 10 THEN CASE WHEN _utc >= 0 AND _utc::VARCHAR = _utc_text THEN make_timestamp(_utc * 1000000) END
        END AS _captured_at,
        coalesce(_jpg AND _marked AND _uid_ok AND _who_ok AND _captured_at IS NOT NULL, false) AS _is_screenshot
    FROM read
),
classed AS (
    SELECT *,
        CASE WHEN NOT _is_screenshot THEN lower(regexp_extract(_base, '\.([A-Za-z0-9]{1,16})$', 1)) END AS _extension,
        CASE
            WHEN _is_screenshot THEN 'screenshot'
            WHEN _extension = 'vtt' AND contains(_base, '_') THEN 'caption'
            WHEN _extension = 'm3u8' AND regexp_matches(_base, '(?s)^[a-z]{2,3}(-[A-Za-z0-9]{2,8})+_[^_]+_.') THEN 'caption'
            WHEN NOT regexp_matches(_extension, '^(m3u8|ts|mp4|webm|mpd|mp3|m4a|aac)$') THEN 'unparsed'
            WHEN _marked AND coalesce(_uid_ok, false) AND _who_ok AND NOT starts_with(_what, '.') THEN 'recording'
            WHEN NOT _marked AND regexp_matches(_base, '(?s)^[^_]+_.+\.[A-Za-z0-9]+$') THEN 'recording'
            ELSE 'unparsed'
        END AS kind,
        -- The part of a recording's name that tells its stream, slice and time.
        CASE WHEN kind = 'recording' AND _marked THEN _what END AS _slice,
        -- Without a marker the whole name but its extension is <sid>_<cname>, and perhaps a slice's time, a file's number,
        -- or the tick and number of an index that came by way of the backup.
        CASE WHEN kind = 'recording' AND NOT _marked THEN
            regexp_extract(
                _base,
                '(?s)^(?:bak(0|[1-9][0-9]?)_)?([^_]+)_(.+?)'
                    || '(?:_([0-9]{17})\.[A-Za-z0-9]+|_([0-9]{1,5})\.(?i:mp4|mp3|m4a|aac)|_[0-9]{6,}_[0-9]{1,5}\.(?i:m3u8)|\.[A-Za-z0-9]+)$',
                ['failover', 'sid', 'cname', 'utc', 'sequence']
            )
        END AS _composite
    FROM judged
)
SELECT * EXCLUDE (
        _base, _at, _right, _marked, _tail, _uid_end, _head, _uid_text, _what, _jpg, _video, _utc_text, _utc, _uid,
        _bakish, _bak, _stem, _sid_end, _sid, _cname, _uid_ok, _who_ok, _captured_at, _is_screenshot, _extension, _slice,
        _composite
    ),
    CASE WHEN kind <> 'unparsed' THEN {service} END AS service,
    CASE
        WHEN _is_screenshot THEN _sid
        WHEN kind = 'recording' THEN coalesce(_composite.sid, _sid)
    END AS sid,
    CASE
        WHEN _is_screenshot THEN _cname
        WHEN kind = 'recording' THEN coalesce(_composite.cname, _cname)
    END AS cname,
    CASE WHEN _is_screenshot OR (kind = 'recording' AND _marked) THEN _uid::UBIGINT END AS uid,
    CASE
        WHEN _is_screenshot THEN CASE WHEN _video THEN 'video' END
        ELSE nullif(regexp_extract(_slice, '^(audio|video|av)[_.]', 1), '')
    END AS stream_type,
    NULL::VARCHAR AS app,
    NULL::VARCHAR AS stream,
    NULL::VARCHAR AS domain,
    NULL::TIMESTAMP AS session_started_at,
    CASE WHEN kind = 'recording' THEN
        try_cast(
            coalesce(
                regexp_extract(_slice, '(?:^|_)([0-9]{1,5})(?:_[A-Za-z][A-Za-z0-9]*)?\.(?i:mp4|mp3|m4a|aac)$', 1),
                _composite.sequence
            ) AS BIGINT
        )
    END AS sequence,
    CASE
        WHEN _is_screenshot THEN _captured_at
        WHEN kind = 'recording' THEN
            try_strptime(
                regexp_extract(coalesce(regexp_extract(_slice, '(?:^|_)([0-9]{17})[_.]', 1), _composite.utc), '^[1-9].*'),
                '%Y%m%d%H%M%S%g'
            )
    END AS captured_at,
    CASE
        WHEN captured_at IS NULL THEN NULL
        WHEN _is_screenshot AND (length(_utc_text) = 14 OR length(_utc_text) = 10) THEN 1000
        ELSE 1
    END::INTEGER AS captured_at_precision_ms,
    CASE
        WHEN kind IN ('screenshot', 'recording') THEN CASE WHEN _marked THEN _bak ELSE nullif(_composite.failover, '') END
    END::UTINYINT AS failover,
    CASE
        WHEN kind <> 'unparsed' THEN NULL
        WHEN _base = '' THEN 'a folder marker'
        WHEN _extension = '' THEN 'no extension'
        WHEN NOT regexp_matches(_extension, '^(jpg|m3u8|ts|mp4|webm|mpd|mp3|m4a|aac)$')
            THEN 'not a file these services write: .' || _extension
        WHEN NOT _jpg AND _extension = 'jpg' THEN 'the extension is not .jpg in lower case'
        WHEN NOT _marked OR _uid_end = 0 THEN 'no uid marker'
        WHEN _uid_text = '' THEN 'empty uid'
        WHEN NOT regexp_full_match(_uid_text, '[0-9]+') THEN 'uid is not a number: ' || _uid_text
        WHEN starts_with(_uid_text, '0') AND _uid_text <> '0' THEN 'uid with a leading zero: ' || _uid_text
        WHEN NOT coalesce(_uid_ok, false) THEN 'uid above 4294967295: ' || _uid_text
        WHEN _stem = '' OR _sid_end = 1 THEN 'empty sid'
        WHEN _sid_end = 0 THEN 'no cname'
        WHEN _cname = '' THEN 'empty cname'
        WHEN NOT _who_ok THEN 'failover number not understood: ' || _sid
        WHEN NOT _jpg THEN 'nothing after the uid'
        WHEN regexp_matches(_what, '^[A-Za-z]+_') AND NOT _video THEN 'stream type is not video: ' || split_part(_what, '_', 1)
        WHEN _utc_text = '' THEN 'no time'
        WHEN NOT regexp_full_match(_utc_text, '[0-9]+') THEN 'time is not a number: ' || _utc_text
        WHEN NOT regexp_full_match(_utc_text, '([0-9]{10}|[0-9]{13}|[0-9]{14}|[0-9]{17})')
            THEN 'time has ' || length(_utc_text) || ' digits and not 17, 14, 13 or 10: ' || _utc_text
        ELSE 'not a calendar time: ' || _utc_text
    END AS reason,
    CASE WHEN _is_screenshot THEN substr(key, 1, length(key) - length(_base)) END AS prefix,
    CASE WHEN _is_screenshot THEN CASE length(_utc_text) WHEN 17 THEN '17' WHEN 14 THEN '14' WHEN 13 THEN '13' ELSE '10' END END AS form
FROM classed
