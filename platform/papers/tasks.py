"""One service call each."""

from uuid import UUID

from celery import shared_task

from papers import services


@shared_task(name="papers.make_files")
def make_files(paper_id: str) -> None:
    """In a province's seat: Word and PDF of a heavy paper."""
    services.make_files(UUID(paper_id))
