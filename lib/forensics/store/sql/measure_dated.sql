-- Give the samples of one capture the time that the date saved with it states.
update single_samples set time = $time where path = $path and time is null;
