CREATE OR REPLACE TEMP TABLE session_stats (
    session_id BIGINT, median_ms DOUBLE, median_size DOUBLE, is_judged BOOLEAN, drifts BOOLEAN, pace_ms DOUBLE
)
