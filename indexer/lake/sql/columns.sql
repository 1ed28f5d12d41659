-- The columns of all tables of the index that is in use, and their types.
SELECT c.table_name, c.column_name, c.data_type
FROM duckdb_columns() c
JOIN duckdb_tables() t ON t.table_oid = c.table_oid AND t.database_name = c.database_name
WHERE t.database_name = current_database() AND NOT t.temporary
ORDER BY c.table_name, c.column_index;
