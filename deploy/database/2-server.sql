-- For a server that has nothing but the portal, as the one of docker-compose.yml: portal reaches no other
-- database, and nobody is an administrator over the network, since one without a password comes in through the
-- socket of the server's own machine alone.
\set ON_ERROR_STOP on
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;
ALTER ROLE postgres PASSWORD NULL;
