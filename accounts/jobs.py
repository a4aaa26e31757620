"""Jobs are queued in the transaction of what causes them: by a page, and by another job."""

from procrastinate import App
from procrastinate.connector import BaseAsyncConnector, BaseConnector
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector


def queue_in_transactions(app: App) -> None:
    """For procrastinate, once it is ready (settings)."""
    app.connector = app.job_manager.connector = _Connector()


class _Connector(DjangoConnector):
    def get_worker_connector(self) -> BaseAsyncConnector:
        return _WorkerConnector(kwargs=connector_params(self.alias))


class _WorkerConnector(PsycopgConnector):
    """A job queues others through Django's connection. Through the worker's own they would be
    there, and done, before what they are about has been committed, and stay if it never is."""

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()
