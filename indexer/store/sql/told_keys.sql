-- What may be the key of each verdict's object, and how it is told: 1 and 2 by the body, with its bucket and without, 3 and 4
-- by an address. On the way a verdict is called by its row's number, which is a tenth of its id.
CREATE OR REPLACE TEMP TABLE told_keys AS
WITH buckets AS (
    SELECT DISTINCT bucket FROM sources
),
-- The path of an address, as it stands and percent-decoded, with and without a bucket as its first part. What is no UTF-8
-- when it is decoded is no key.
paths AS (
    SELECT rowid AS verdict, regexp_extract(object_url, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*/([^?#]*)', 1) AS path
    FROM verdicts
    WHERE object_url IS NOT NULL
),
spelled AS (
    SELECT verdict, 3 AS rank, path FROM paths
    UNION
    SELECT verdict, 4, try(url_decode(path)) FROM paths
),
url_keys AS (
    SELECT verdict, rank, path AS key FROM spelled
    UNION
    SELECT verdict, rank, substr(path, strpos(path, '/') + 1)
    FROM spelled
    WHERE split_part(path, '/', 1) IN (FROM buckets) AND contains(path, '/')
)
SELECT rowid AS verdict, 1 AS rank, bucket, object_key AS key FROM verdicts WHERE object_key IS NOT NULL
UNION ALL
SELECT rowid, 2, NULL, object_key FROM verdicts WHERE object_key IS NOT NULL
UNION ALL
SELECT verdict, rank, NULL, key FROM url_keys WHERE key <> ''
