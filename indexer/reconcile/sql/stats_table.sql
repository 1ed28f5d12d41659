CREATE OR REPLACE TEMP TABLE session_stats (
    session_id BIGINT, median_ms DOUBLE, median_size DOUBLE, drifts BOOLEAN, pace_ms DOUBLE
)
