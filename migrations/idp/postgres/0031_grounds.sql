-- Counts the changes of everything that decides whether what was issued still stands, and what is told of its person: whoever
-- finds the number that he knows may use what he read then (docs/adr/0042). Sessions, issues and applications that are new are
-- not counted: nothing was read of them. The twin for the other engine says the same in its own words.

CREATE TABLE grounds (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision BIGINT NOT NULL
);
INSERT INTO grounds (only_row, revision) VALUES (1, 0);

-- Once in a transaction: many versions of one row, none of which can be cleared away before the end, would each be slower to find
-- than the one before.
CREATE FUNCTION grounds_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE grounds SET revision = revision + 1 WHERE only_row = 1 AND xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END
$$;

CREATE TRIGGER grounds_clients AFTER UPDATE OR DELETE ON clients
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_people AFTER UPDATE OF email, email_proven_at, name, language, phone, phone_proven_at, zone, staff, active, erased_at, updated_at OR DELETE ON people
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_person_profiles AFTER INSERT OR UPDATE OR DELETE ON person_profiles
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_sessions AFTER UPDATE OF person_id, acr, amr, auth_at, fresh_at, expires_at, ended_at OR DELETE ON sessions
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_session_results AFTER UPDATE OR DELETE ON session_results
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_issues AFTER UPDATE OR DELETE ON issues
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_group_members AFTER INSERT OR UPDATE OR DELETE ON group_members
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_role_assignments AFTER INSERT OR UPDATE OR DELETE ON role_assignments
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_application_access AFTER INSERT OR UPDATE OR DELETE ON application_access
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_relations AFTER UPDATE OF active OR DELETE ON relations
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_grants AFTER INSERT OR UPDATE OR DELETE ON grants
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
CREATE TRIGGER grounds_policies AFTER INSERT OR UPDATE OR DELETE ON policies
FOR EACH ROW EXECUTE FUNCTION grounds_changed();
