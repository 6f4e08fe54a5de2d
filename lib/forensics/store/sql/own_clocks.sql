-- The sources whose clocks only count seconds, in the order of their numbers.
select path from own_clocks order by number;
