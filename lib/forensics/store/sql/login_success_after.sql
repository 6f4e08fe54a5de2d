-- One row per successful login from an address that had a burst of failures before it.
select path, line, time, address, account from logins
where ok and address = $address and time >= $after order by time, path, line;
