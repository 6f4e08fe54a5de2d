-- One row: how many dated messages lnav indexed, and the last instant.
select count(*) as dated, max(log_time) as last from all_logs
