-- Whether any sample stands elsewhere than at the time that it states: it states none, or is of all the time within which something grew.
select exists (from single_samples where time is null) or exists (from series_samples where time is null) or exists (from grown_within);
