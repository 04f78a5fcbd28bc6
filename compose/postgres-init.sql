-- The schemas of the services, each with a role of its own that can see that schema alone. Can be run
-- again at any time, in any number of databases of one server.
do $$
declare
    service text;
begin
    foreach service in array array['registry', 'fetcher', 'directory', 'verifier'] loop
        begin
            execute format('create role %I login password %L', service, service);
        exception when duplicate_object or unique_violation then null;
        end;
        execute format('create schema if not exists %I authorization %I', service, service);
        execute format('grant connect, temporary on database %I to %I', current_database(), service);
    end loop;
    -- Where the writer rebuilds its directory beside the live one.
    create schema if not exists directory_rebuilt authorization directory;
    begin
        create role directory_reader nologin;
    exception when duplicate_object or unique_violation then null;
    end;
    grant directory_reader to directory;
    execute format('revoke all on database %I from public', current_database());
    revoke all on schema public from public;
end $$;
