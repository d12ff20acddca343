-- How the person had signed in when an application was given something: all its tokens state that.
ALTER TABLE issues ADD COLUMN acr TEXT;
ALTER TABLE issues ADD COLUMN amr TEXT;
ALTER TABLE issues ADD COLUMN auth_at BIGINT;
