CASE n.digits
    WHEN 0 THEN n.front
    WHEN 17 THEN n.front || strftime(o.captured_at, '%Y%m%d%H%M%S%g') || n.back
    WHEN 14 THEN n.front || strftime(o.captured_at, '%Y%m%d%H%M%S') || n.back
    WHEN 13 THEN n.front || epoch_ms(o.captured_at) || n.back
    ELSE n.front || epoch_ms(o.captured_at) // 1000 || n.back
END
