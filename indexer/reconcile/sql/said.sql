-- What people said of findings since a run took it over.
CREATE TEMP TABLE said (
    finding_id VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    acknowledged_at TIMESTAMP NOT NULL
)
