-- One row: whether any line is of the kind that $pattern reads; asked first, for most texts hold none.
select bool_or(regexp_matches(text, $pattern)) from spoken;
