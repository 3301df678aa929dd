# A web service behind a proxy, with its database's client library.
FROM python:3.12

ENV PYTHONUNBUFFERED=1 \
    APP_HOME=/srv/api

WORKDIR $APP_HOME

RUN apt-get update
RUN apt-get install -y libpq-dev curl

COPY . .
RUN pip install --upgrade pip
RUN pip install -r requirements.txt

# Static files are served by the proxy
RUN python manage.py collectstatic --noinput

EXPOSE 8000
HEALTHCHECK CMD curl --fail http://localhost:8000/health || exit 1
CMD gunicorn --bind 0.0.0.0:8000 api.wsgi
