-- What the checks find, and what they cannot tell. A row without a severity says why a check cannot be made.
CREATE OR REPLACE TEMP TABLE found (
    kind VARCHAR,
    severity VARCHAR,
    source VARCHAR,
    channel VARCHAR,
    sid VARCHAR,
    uid UBIGINT,
    key VARCHAR,
    subject VARCHAR,
    from_at TIMESTAMP,
    until_at TIMESTAMP,
    rows BIGINT,
    measure DOUBLE,
    explanation VARCHAR
)
