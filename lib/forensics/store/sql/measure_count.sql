-- One row: how many samples a text gave, how many of its lines gave them, and how many of its lines are not blank.
select (select count(*) from samples where path = $path) as samples, (select count(distinct line) from samples where path = $path) as lines,
    (select count(*) from spoken where trim(text) <> '') as filled;
