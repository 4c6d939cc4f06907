# Creates the catalog's role, database and tables at the first start, over a socket that only this container sees.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --pgdata="$PGDATA" --username=postgres --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C >/dev/null
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata="$PGDATA" --wait --options="-c listen_addresses= -c unix_socket_directories=/tmp" start >/dev/null
  psql --host=/tmp --username=postgres --set=ON_ERROR_STOP=1 --quiet postgres <<'SQL'
\getenv role CATALOG_USERNAME
\getenv password CATALOG_PASSWORD
\getenv database CATALOG_DATABASE
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"role";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
\connect :database
SET ROLE :"role";
\i /etc/catalog/tables.sql
SQL
  pg_ctl --pgdata="$PGDATA" --wait stop >/dev/null
fi
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=
