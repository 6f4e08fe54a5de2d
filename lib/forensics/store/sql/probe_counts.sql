-- One row per target that was probed between two times: how many probes, how many of them failed; who failed most stands first.
select target, count(*) as asked, count(*) filter (not ok) as failed from probes
where time between $start and $end group by target order by failed desc, target;
