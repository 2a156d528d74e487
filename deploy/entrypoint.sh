#!/bin/sh
# What a container of the image does: web, migrate, or a command of manage.py such as worker.
set -eu

case "${1:-web}" in
  web)
    # gunicorn reads this one before its configuration, and would fail with a traceback.
    case "${WEB_CONCURRENCY:=2}" in
      *[!0-9]*)
        echo "WEB_CONCURRENCY must be a whole number from 1 to 64." >&2
        exit 1
        ;;
    esac
    export WEB_CONCURRENCY
    exec gunicorn --config deploy/gunicorn.conf.py portal.asgi
    ;;
  migrate)
    python manage.py migrate --noinput
    exec python manage.py createcachetable
    ;;
  *)
    exec python manage.py "$@"
    ;;
esac
