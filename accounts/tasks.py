"""Jobs of the worker (`manage.py procrastinate worker`): each is queued with what causes it."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from accounts.mail.queueing import SEND_MAIL
from accounts.mail.sending import send

# A day in all: seconds for a hiccup, hours for an outage.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 36_000)
)
# Longer than the workers' stalled_worker_timeout (see settings): until then one may be alive.
_NO_SIGN_OF_LIFE = 15.0


class GrowingWaits(BaseRetryStrategy):
    """After the last wait a mail is given up. What is no fault of a mail, such as an outage of
    the database, is waited out."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        wait = WAITS[min(job.attempts, len(WAITS) - 1)]
        return RetryDecision(retry_at=timezone.now() + wait)


@app.task(name=SEND_MAIL, queue="mail", retry=GrowingWaits(), pass_context=True)
def send_mail(context: JobContext, mail_id: int) -> None:
    send(mail_id, is_last_try=context.job.attempts >= len(WAITS))


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="take_up_stalled", priority=100, pass_context=True)
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Those of workers that died in the middle of them."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_NO_SIGN_OF_LIFE):
        await manager.retry_job(job)
