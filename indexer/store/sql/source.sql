INSERT INTO sources
VALUES (
    $source, $vendor, $region, $endpoint, $bucket, $prefix, $layout, $interval_seconds, $moderated, $mutable, $grammar,
    $run, $retention_days
);
