-- The portal's own login and its database. The postgres image runs this file once, as its
-- superuser, when the data volume is empty; with psql it prepares any PostgreSQL 15 or newer:
--   PORTAL_DB_PASSWORD=… psql -v ON_ERROR_STOP=1 -f 10-portal.sql postgres

\getenv password PORTAL_DB_PASSWORD

-- A superuser, or a login with BYPASSRLS, would see every tenant's rows: row-level security would
-- guard nothing. CREATEROLE and NOINHERIT are for the roles that the migrations make: the portal
-- takes each one on for a transaction and holds none of their rights outside it.
CREATE ROLE portal
    LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT CREATEROLE NOCREATEDB NOREPLICATION
    PASSWORD :'password';

CREATE DATABASE portal OWNER portal TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE portal FROM PUBLIC;

\connect portal
-- PostgreSQL 15 gives a NOINHERIT login nothing for owning the database.
ALTER SCHEMA public OWNER TO portal;
