#!/bin/sh
# The image's entry point. Its first argument is web, migrate, or a manage.py command such as worker.
set -eu

case "${1:-web}" in
  web)
    # gunicorn reads WEB_CONCURRENCY before its configuration, and would fail with a traceback.
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
    shift
    python manage.py migrate --noinput "$@"
    exec python manage.py createcachetable
    ;;
  *)
    exec python manage.py "$@"
    ;;
esac
