-- How many shots each source has, how many are missing by its interval, and how many of these something explains.
SELECT source, sum(shots) AS shots, sum(missing) AS missing, sum(explained) AS explained
FROM coverage
GROUP BY source
HAVING sum(shots + missing) > 0
ORDER BY source
