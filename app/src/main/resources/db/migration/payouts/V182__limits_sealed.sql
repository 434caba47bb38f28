-- Over approval and limits, by a key that is not in the database; of those from before it is not known who set them.
alter table payouts.safeguard add column mac text;
