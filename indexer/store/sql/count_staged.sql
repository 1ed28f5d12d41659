SELECT count(*) FROM staged;
