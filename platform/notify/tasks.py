"""One service call each."""

from uuid import UUID

from celery import shared_task

from notify import services


@shared_task(name="notify.send_out")
def send_out(outbound_id: str) -> None:
    """Try one message once."""
    services.send_one(UUID(outbound_id))


@shared_task(name="notify.sweep")
def sweep() -> int:
    """Repeat what is urgent and unread; send what is due. Returns how many messages were put on the queue."""
    services.repeat_urgent()
    due = services.due_messages()
    for outbound_id in due:
        send_out.delay(str(outbound_id))
    return len(due)
