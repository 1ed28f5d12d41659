INSERT INTO run_sources BY NAME
SELECT
    $run AS run, $source AS source, $status AS status, $listed AS listed, $added AS added, $changed AS changed,
    $deleted AS deleted, $error AS error, $mode AS mode, $began_at AS began_at, $finished_at AS finished_at,
    $requests AS requests, $skipped AS skipped, $left_out AS left_out, $held AS held
