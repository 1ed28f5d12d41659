read_csv(
    [{path}], auto_detect = false, header = {header}, delim = ',', quote = '"', escape = '"', compression = '{compression}',
    columns = {columns}
)
