#!/bin/sh
# What a container of the image does: web, migrate, or a command of manage.py such as worker.
set -eu

case "${1:-web}" in
  web)
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
