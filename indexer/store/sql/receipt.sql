INSERT INTO receipts BY NAME
SELECT
    $run AS run,
    $source AS source,
    $prefix AS prefix,
    $pages AS pages,
    count(*) AS keys,
    (coalesce(sum(md5_number_lower(key)::HUGEINT), 0) % 18446744073709551616)::UBIGINT AS key_hash,
    $started_at AS started_at,
    $finished_at AS finished_at
FROM staged;
