-- How many requests a file says that its whole run made, by one of these names.
select max(value) from samples where path = $path and list_contains($names, name) and value >= 0;
