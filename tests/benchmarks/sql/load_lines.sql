-- One row per line of a text, as it is.
create table lines as
select * from read_csv($file, columns = {'line': 'varchar'}, auto_detect = false, header = false,
    delim = chr(31), quote = '', escape = '', comment = '', null_padding = false, strict_mode = false);
