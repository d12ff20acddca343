-- Counts the changes of everything that decides whether what was issued still stands, and what is told of its person: whoever
-- finds the number that he knows may use what he read then (docs/adr/0042). Sessions, issues and applications that are new are
-- not counted: nothing was read of them. The twin for the other engine says the same in its own words.

CREATE TABLE grounds (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision BIGINT NOT NULL
);
INSERT INTO grounds (only_row, revision) VALUES (1, 0);

CREATE TRIGGER grounds_clients_update AFTER UPDATE ON clients
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_clients_delete AFTER DELETE ON clients
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_people_update AFTER UPDATE OF email, email_proven_at, name, language, phone, phone_proven_at, zone, staff, active, erased_at, updated_at ON people
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_people_delete AFTER DELETE ON people
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_person_profiles_insert AFTER INSERT ON person_profiles
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_person_profiles_update AFTER UPDATE ON person_profiles
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_person_profiles_delete AFTER DELETE ON person_profiles
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_sessions_update AFTER UPDATE OF person_id, acr, amr, auth_at, fresh_at, expires_at, ended_at ON sessions
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_sessions_delete AFTER DELETE ON sessions
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_session_results_update AFTER UPDATE ON session_results
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_session_results_delete AFTER DELETE ON session_results
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_issues_update AFTER UPDATE ON issues
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_issues_delete AFTER DELETE ON issues
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_group_members_insert AFTER INSERT ON group_members
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_group_members_update AFTER UPDATE ON group_members
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_group_members_delete AFTER DELETE ON group_members
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_role_assignments_insert AFTER INSERT ON role_assignments
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_role_assignments_update AFTER UPDATE ON role_assignments
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_role_assignments_delete AFTER DELETE ON role_assignments
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_application_access_insert AFTER INSERT ON application_access
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_application_access_update AFTER UPDATE ON application_access
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_application_access_delete AFTER DELETE ON application_access
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_relations_update AFTER UPDATE OF active ON relations
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_relations_delete AFTER DELETE ON relations
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_grants_insert AFTER INSERT ON grants
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_grants_update AFTER UPDATE ON grants
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_grants_delete AFTER DELETE ON grants
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_policies_insert AFTER INSERT ON policies
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_policies_update AFTER UPDATE ON policies
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
CREATE TRIGGER grounds_policies_delete AFTER DELETE ON policies
BEGIN UPDATE grounds SET revision = revision + 1 WHERE only_row = 1; END;
