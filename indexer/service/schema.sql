CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: the index knows a delivery by it
    provider TEXT NOT NULL,
    received_at INTEGER NOT NULL,          -- microseconds since 1970, UTC
    body BLOB NOT NULL,                    -- exactly as it came
    body_hash BLOB NOT NULL,               -- SHA-256
    headers TEXT NOT NULL,                 -- a JSON object, without what is secret
    identity TEXT NOT NULL,                -- noticeId or requestId, else the SHA-256 of the body, hex
    signature_ok INTEGER,                  -- 1; NULL where nothing signs
    is_test INTEGER NOT NULL,              -- 1 where the platform only tried the address
    deliveries INTEGER NOT NULL,
    last_received_at INTEGER NOT NULL,
    place INTEGER NOT NULL UNIQUE,         -- of its last delivery, in the order of all of them
    UNIQUE (provider, identity, body_hash)
) STRICT;

-- What stands at a place up to drained_to is in the published index.
CREATE TABLE IF NOT EXISTS state (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    drained_to INTEGER NOT NULL,
    checked_at INTEGER NOT NULL
) STRICT;

INSERT OR IGNORE INTO state VALUES (1, 0, 0);
