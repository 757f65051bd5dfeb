"""The doors to papers: people of the unit and leaders above it, and whoever has a place to sign."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Post, User
from accounts.selectors import may_write, visible_unit_ids
from evidence.models import Exhibit
from kernel.errors import NotAllowed, NotFound404
from papers.models import Paper, PaperFile, PaperScan, PaperSignature, PaperSigner
from provinces.context import required


def papers_of(person: User) -> QuerySet[Paper]:
    """Papers this person may see, newest first."""
    mine = PaperSigner.objects.filter(user_id=person.pk).values("paper_id")
    return Paper.objects.filter(Q(unit_id__in=visible_unit_ids(person)) | Q(pk__in=mine)).select_related(
        "unit", "made_by"
    )


def access_paper(person: User, paper_id: UUID, *, lock: bool = False) -> Paper:
    """One paper. lock: hold its row, to write to it. Raises NotFound404; NotAllowed for who may only read."""
    rows = papers_of(person)
    if lock:
        rows = rows.select_related(None).select_for_update(of=("self",))
    found = rows.filter(pk=paper_id).first()
    if found is None:
        raise NotFound404()
    if lock and not may_handle(person, found):
        raise NotAllowed()
    return found


def may_handle(person: User, paper: Paper) -> bool:
    """Whether this person acts on the paper: an officer of its unit, or one who has a place to sign."""
    if may_write(person, paper.unit_id):
        return True
    return paper.signers.filter(user_id=person.pk).exists()


def whole_paper(person: User, paper_id: UUID) -> Paper:
    """One paper with all that its page shows. Raises NotFound404."""
    found = (
        papers_of(person)
        .filter(pk=paper_id)
        .prefetch_related(
            Prefetch("signers", queryset=PaperSigner.objects.select_related("absence")),
            Prefetch("signers__signatures", queryset=PaperSignature.objects.defer("png", "record")),
            Prefetch("scans", queryset=PaperScan.objects.select_related("exhibit", "by")),
            "deliveries__by",
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def paper_by_code(person: User, check_code: str) -> Paper:
    """One paper by the code printed on it, however it was typed. Raises NotFound404."""
    letters = "".join(letter for letter in check_code.upper() if letter.isalnum())
    code = "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
    found = papers_of(person).filter(check_code=code).first()
    if found is None:
        raise NotFound404()
    return found


def papers_about(matter_kind: str, matter_ids: Sequence[UUID]) -> QuerySet[Paper]:
    """Papers of matters that the caller was let in to, newest first."""
    return Paper.objects.filter(matter_kind=matter_kind, matter_id__in=matter_ids).defer("content")


def waiting_for(person: User) -> QuerySet[Paper]:
    """Papers on which this person still has to sign."""
    places = PaperSigner.objects.filter(user_id=person.pk, signatures=None).values("paper_id")
    return Paper.objects.filter(state=Paper.State.OPEN, pk__in=places).defer("content")


def kept_file(paper: Paper, file_format: str, signed: int) -> PaperFile | None:
    """The file of a paper as it stands after so many signatures, if it was made."""
    return PaperFile.objects.filter(paper=paper, format=file_format, signed=signed).first()


def door_to_exhibit(person: User, exhibit: Exhibit) -> bool:
    """The door `evidence` asks: a scan is seen by who sees the paper."""
    if required().kind != "province" or not person.has_role(Post.Role.OFFICER, Post.Role.LEADER, Post.Role.DISPATCHER):
        return False
    return papers_of(person).filter(scans__exhibit_id=exhibit.pk).exists()
