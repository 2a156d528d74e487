-- Makes the database portal, its owner portal_owner, which migrates it, and portal, as which web and worker
-- connect. It can be run again: it sets the passwords, and gives what is in the database to its owner.
--
-- An administrator of the server runs it in psql 15 or newer, with both passwords in the environment:
--   OWNER_PASSWORD=... PORTAL_PASSWORD=... psql --dbname=postgres --file=deploy/database/1-roles.sql
-- --set=database=... names another database. What portal may do with tables is granted by manage.py migrate.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv portal_password PORTAL_PASSWORD
\if :{?database}
\else
  \set database portal
\endif

DO $$
BEGIN
  IF session_user IN ('portal', 'portal_owner') THEN
    RAISE EXCEPTION 'An administrator has to run this, not % itself: see docs/operations.md.', session_user;
  END IF;
END $$;

-- The passwords are not to stand in the server's log.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

SELECT format('CREATE ROLE %I', name) FROM (VALUES ('portal_owner'), ('portal')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE portal_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
ALTER ROLE portal LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'portal_password';

SELECT format('CREATE DATABASE %I OWNER portal_owner', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
ALTER DATABASE :"database" OWNER TO portal_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC, portal;
GRANT CONNECT ON DATABASE :"database" TO portal;

\connect :database
ALTER SCHEMA public OWNER TO pg_database_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC, portal;
GRANT USAGE ON SCHEMA public TO portal;

-- What a database has that portal, or an administrator, has migrated so far. Indexes and the sequences of
-- identity columns follow their tables; what belongs to an extension stays.
SELECT format('ALTER TABLE %s OWNER TO portal_owner', oid::regclass) FROM pg_class AS one
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relowner <> 'portal_owner'::regrole
  AND NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = one.oid AND deptype = 'e') \gexec
SELECT format('ALTER ROUTINE %s OWNER TO portal_owner', oid::regprocedure) FROM pg_proc AS one
WHERE pronamespace = 'public'::regnamespace AND proowner <> 'portal_owner'::regrole
  AND NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = 'pg_proc'::regclass AND objid = one.oid AND deptype = 'e') \gexec
