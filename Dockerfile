# Two stages: the first installs and collects, the second holds what runs and no tool to build with.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes --only-binary :all: -r requirements/base.txt
COPY manage.py ./
COPY deploy deploy
COPY portal portal
COPY registrations registrations
COPY static static
COPY templates templates
RUN set -a && . deploy/build.env && set +a && python manage.py collectstatic --noinput \
 && rm deploy/build.env

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MEDIA_ROOT=/srv/media
RUN useradd --system --uid 10001 --no-create-home portal \
 && install -d -o portal -g portal /srv/media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER portal
VOLUME /srv/media
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["deploy/entrypoint.sh"]
CMD ["web"]
