-- The service works as this role, which may only insert into journal and timeline. Migrations run as the owner.
do $$
begin
  if not exists (select from pg_roles where rolname = 'admitone_app') then
    create role admitone_app nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- another database of this cluster made it just now
end
$$;
do $$
begin
  grant admitone_app to current_user;
exception
  when insufficient_privilege then
    -- a DBA made the role and granted it; without that there is no going on
    if not pg_has_role(current_user, 'admitone_app', 'member') then
      raise;
    end if;
end
$$;
