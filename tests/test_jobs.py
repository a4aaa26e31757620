"""Jobs that other jobs queue are there when what they are about is, and not before."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.mail import queue_mail
from accounts.models import Mail
from tests import cast


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_queues_comes_with_its_transaction() -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as workers:
        connector = workers.connector.get_sync_connector()
        connector.open()
        try:
            with transaction.atomic():
                queue()
                transaction.set_rollback(True)
            assert not Mail.objects.exists()
            assert not ProcrastinateJob.objects.exists()
            queue()
            assert ProcrastinateJob.objects.get().args == {"mail_id": Mail.objects.get().pk}
        finally:
            connector.close()


def queue() -> None:
    queue_mail("test", thing="", member=cast.ada(), subject="Hi", text="Hello.")
