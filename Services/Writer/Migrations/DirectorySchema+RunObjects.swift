extension DirectorySchema {
    /// What runs did to objects that are not new, and the way from a run's id to its row.
    static let runObjects = """
        create table directory.run_objects (
            idp_id uuid not null,
            epoch bigint not null,
            kind text collate "C" not null,
            object text collate "C" not null,
            external_id text not null,
            user_id uuid,
            change text not null,
            reason text,
            hold text,
            primary key (idp_id, epoch, kind, object)
        );
        comment on table directory.run_objects is
            'what runs did to which object; who and what is new has created_at, the time of the run, in its own row';
        create function directory.weight(change text) returns integer language sql immutable as $$
            select case change when 'rejected' then 0 when 'updated' then 1 when 'held' then 2 else 3 end
        $$;
        comment on function directory.weight is 'what a run did to an object in the end: the last of those that say most';
        create index runs_by_id on directory.runs (run_id);
        grant select on directory.run_objects to directory_reader;
        alter table directory.run_objects enable row level security;
        create policy one_tenant on directory.run_objects to directory_reader
            using (idp_id in (select idp_id from directory.sources));
        """
}
