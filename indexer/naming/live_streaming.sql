-- Names of live streaming (Fusion CDN, Media Broadcast):
--   [snapshot/]{entryPoint}/{streamName}/{sessionid}_{17 digits}_{14 digits}.jpg
-- and of the recordings beside them:
--   [record/|encrypt/]{entryPoint}/{streamName}/{sessionid}_{17 digits}[_{slice}_{17 digits}].mp4|.m3u8
--
-- The file date of a screenshot has seconds only, and is never a slice number: each extension has its own shape.
-- Columns that begin with _ are scratch.
WITH located AS (
    SELECT *,
        split_part(key, '/', -1) AS _base,
        split_part(key, '/', -2) AS _stream,
        split_part(key, '/', -3) AS _app
    FROM {keys}
),
parted AS (
    SELECT *,
        suffix(_base, '.jpg') AS _jpg,
        split_part(_base, '_', 1) AS _sid,
        split_part(_base, '_', 2) AS _started_text,
        substr(_base, length(_sid) + length(_started_text) + 3) AS _rest,
        left(_rest, -4) AS _filed_text
    FROM located
),
-- A number that is written back as it was read has digits only and no leading zero.
judged AS (
    SELECT *,
        _app <> '' AND _stream <> '' AS _where_ok,
        CASE WHEN length(_started_text) = 17 AND try_cast(_started_text AS BIGINT)::VARCHAR = _started_text
            THEN try_strptime(_started_text, '%Y%m%d%H%M%S%g')
        END AS _started_at,
        CASE WHEN try_cast(_filed_text AS BIGINT)::VARCHAR = _filed_text THEN
            CASE length(_filed_text)
                WHEN 14 THEN try_strptime(_filed_text, '%Y%m%d%H%M%S')
                WHEN 17 THEN try_strptime(_filed_text, '%Y%m%d%H%M%S%g')
            END
        END AS _filed_at,
        _jpg AND _where_ok AND _sid <> '' AND _started_at IS NOT NULL AND _filed_at IS NOT NULL AS _is_screenshot,
        CASE WHEN NOT _is_screenshot THEN
            regexp_extract(
                _base,
                '^([^_]+)_([0-9]{17})(?:_([0-9]{1,9})_([0-9]{17}))?\.(?:mp4|m3u8|ts)$',
                ['sid', 'started', 'slice', 'filed']
            )
        END AS _recording
    FROM parted
),
classed AS (
    SELECT *,
        CASE
            WHEN _is_screenshot THEN 'screenshot'
            WHEN _recording.sid <> '' AND _where_ok THEN 'recording'
            ELSE 'unparsed'
        END AS kind
    FROM judged
)
SELECT * EXCLUDE (
        _base, _stream, _app, _jpg, _sid, _started_text, _rest, _filed_text, _where_ok, _started_at, _filed_at,
        _is_screenshot, _recording
    ),
    CASE WHEN kind <> 'unparsed' THEN 'live-streaming' END AS service,
    CASE WHEN kind <> 'unparsed' THEN _sid END AS sid,
    NULL::VARCHAR AS cname,
    NULL::UBIGINT AS uid,
    NULL::VARCHAR AS stream_type,
    CASE WHEN kind <> 'unparsed' THEN _app END AS app,
    CASE WHEN kind <> 'unparsed' THEN _stream END AS stream,
    NULL::VARCHAR AS domain,
    CASE
        WHEN _is_screenshot THEN _started_at
        WHEN kind = 'recording' AND _recording.started >= '1' THEN try_strptime(_recording.started, '%Y%m%d%H%M%S%g')
    END AS session_started_at,
    try_cast(_recording.slice AS BIGINT) AS sequence,
    CASE
        WHEN _is_screenshot THEN _filed_at
        WHEN kind = 'recording' AND _recording.filed >= '1' THEN try_strptime(_recording.filed, '%Y%m%d%H%M%S%g')
    END AS captured_at,
    CASE
        WHEN captured_at IS NULL THEN NULL
        WHEN _is_screenshot AND length(_filed_text) = 14 THEN 1000
        ELSE 1
    END::INTEGER AS captured_at_precision_ms,
    NULL::UTINYINT AS failover,
    CASE
        WHEN kind <> 'unparsed' THEN NULL
        WHEN _base = '' THEN 'a folder marker'
        WHEN NOT regexp_matches(_base, '\.[A-Za-z0-9]{1,16}$') THEN 'no extension'
        WHEN NOT (_jpg OR suffix(_base, '.mp4') OR suffix(_base, '.m3u8') OR suffix(_base, '.ts'))
            THEN 'not a file this service writes: ' || regexp_extract(_base, '\.[A-Za-z0-9]+$')
        WHEN NOT _where_ok THEN 'no {entryPoint}/{streamName}/ before the name'
        WHEN _sid = '' OR NOT contains(_base, '_') THEN 'no session id'
        WHEN _started_text IN ('', '.jpg') THEN 'no session date'
        WHEN regexp_full_match(_started_text, '[0-9]{17}\.jpg') THEN 'no file date'
        WHEN NOT regexp_full_match(_started_text, '[0-9]{17}') THEN 'session date is not 17 digits: ' || _started_text
        WHEN _started_at IS NULL THEN 'not a calendar time: ' || _started_text
        WHEN NOT _jpg THEN 'not a slice number and a time of 17 digits: ' || _rest
        WHEN _filed_text = '' THEN 'no file date'
        WHEN NOT regexp_full_match(_filed_text, '[0-9]{14}|[0-9]{17}')
            THEN 'file date is not 14 digits: ' || _filed_text
        ELSE 'not a calendar time: ' || _filed_text
    END AS reason,
    CASE WHEN _is_screenshot
        THEN left(key, length(key) - length(_app) - length(_stream) - length(_base) - 2)
    END AS prefix,
    CASE WHEN _is_screenshot THEN length(_filed_text)::VARCHAR END AS form
FROM classed
