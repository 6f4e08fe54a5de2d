-- The first time of which evidence tells, the history of changes apart.
select min(first_time) from evidence where kind <> 'changes';
