-- What the receipts of a shard's parts add up to.
SELECT
    coalesce(sum(pages), 0)::BIGINT, coalesce(sum(keys), 0)::BIGINT,
    (coalesce(sum(key_hash::HUGEINT), 0) % 18446744073709551616)::VARCHAR, max(last_key)
FROM receipts
