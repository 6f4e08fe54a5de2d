-- One row per pseudonym that this case has given.
select kind, original, pseudonym from pseudonyms order by kind, original;
