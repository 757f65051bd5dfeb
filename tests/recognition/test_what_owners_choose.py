"""The third ring: a fake of another right holder is known, and no more of it is told than its owner chose.

Two organisations: 岚壑春, which is asked, and 云上坡, whose library knows the print.
"""

import pytest
from harness import people

from appraisal.desk.models import DeskPhoto
from appraisal.hints import services as officer
from appraisal.hints.models import Hint as ShownHint
from appraisal.recognition import selectors, services
from appraisal.recognition.models import Elsewhere, EntryPhoto, Find, Hint, LibraryEntry, PhotoLook
from appraisal.recognition.services import asking, beyond, entries
from appraisal.recognition.services.hinting import Found
from evidence import services as evidence
from federation.letters.models import Letter, LetterBody
from federation.parties.models import Membership, Organisation
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from provinces import context
from provinces.seats import BRANDS

GEOMETRY = {
    "homography": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    "hull_query": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
    "hull_library": [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8]],
    "tiles": [],
    "turned": 0,
}


class Other:
    """云上坡 with one known fake, found in 广西; a marker stands in everything of it that may be hidden."""

    def __init__(self, find_shared="shown"):
        self.house = people.brand_house("云上坡", suffix="2")
        self.desk = people.desk(self.house, self.house.lin)
        with context.seat(BRANDS):
            exhibit = people.sealed_photo(
                self.house.lin,
                "云上坡",
                owner_prefix=evidence.own_prefix(self.house.organisation.pk),
                source="album",
            )
            find = Find.objects.create(
                organisation=self.house.organisation,
                origin="seizure",
                product=self.house.product,
                product_name="CANARYGOODS",
                province_code="gx",
                county_code="450199",
                unit_name="CANARYUNIT",
                found_on=clock.today(),
                shared=find_shared,
            )
            entry = entries.make_from_offer(
                find=find,
                product=self.house.product,
                typology="counterfeit_mark",
                exhibits=[(exhibit, "front_label")],
                note="CANARYNOTE",
            )
            services.confirm(desk=self.desk, entry_id=entry.pk)
            self.entry = LibraryEntry.objects.get(pk=entry.pk)
            self.picture = exhibit.view_sha256

    def found(self, **more):
        photo = EntryPhoto.objects.select_related("entry", "exhibit").get(entry=self.entry)
        return Found(photo, **{"band": "strong", "score": 140.0, "inliers": 210, "geometry": GEOMETRY, **more})


@pytest.fixture
def other(library):
    return Other()


def meet(library, other, bureau=None, **found):
    """A photo on the desk of 岚壑春, of which its own library says nothing, is found in that of 云上坡."""
    bureau = bureau or library.gz
    request = library.ask(bureau)
    with context.seat(BRANDS):
        row = library.look(library.photo(request))
        made = beyond.keep(row, [other.found(**found)]) if row.beyond == "waiting" else []
    from federation.letters.delivery import deliver_everywhere

    deliver_everywhere()
    return request, row, made


def shown(bureau, request):
    with context.province(bureau.code):
        return list(ShownHint.objects.select_related("picture").filter(request_id=request.pk))


@pytest.mark.guard("chosen_elsewhere")
def test_of_another_right_holders_fake_no_more_is_told_than_its_owner_and_its_province_chose(library, other, trials):
    """R-03, R-11, edge 11: the province alone learns of it; by default "known elsewhere, ask through the broker"."""
    always = {"CANARYGOODS", "CANARYNOTE"}
    named = {"CANARYUNIT", "450199", "云上坡", "counterfeit_mark", other.picture}
    cases = [
        # the owner's choice for others, of the entry, the province's, with the picture: what must not be told
        ("known", "shown", "shown", True, always | named),
        ("entry", "shown", "shown", True, always),
        ("entry", "shown", "shown", False, always | {other.picture}),
        ("entry", "place_only", "shown", True, always | {"CANARYUNIT"}),
        ("entry", "broker", "shown", True, always | named),
        ("entry", "shown", "broker", True, always | named),
    ]
    for choice, entry, province, picture, words in cases:
        with context.seat(BRANDS):
            services.choose(desk=other.desk, others=choice)
            LibraryEntry.objects.filter(pk=other.entry.pk).update(visibility=entry, show_picture=picture)
            Find.objects.filter(pk=other.entry.find_id).update(shared=province)
            other.entry.refresh_from_db()
        request, _row, made = meet(library, other)
        (row,) = shown(library.gz, request)
        assert row.elsewhere and row.pk == made[0].pk and row.band == "strong"
        with context.province("gz"):
            told = LetterBody.objects.filter(letter__thread=made[0].pk)
            letters = "".join(f"{letter.body}{letter.manifest}" for letter in told)
        leaked = {word for word in words if word in letters or word in repr(row.__dict__)}
        assert not leaked, f"{choice}, {entry}, {province}: {leaked}"
        if named <= words:
            assert row.seen["how"] == "broker" and row.owner_name == "" and row.picture is None
            assert row.geometry["hull_library"] == [] and row.geometry["hull_query"]
        else:
            assert row.owner_name == "云上坡酒业" and row.seen["county_code"] == "450199"
            assert (row.picture is not None) == picture
    own, _row, _made = meet(library, other, library.gx)
    assert shown(library.gx, own)[0].seen["how"] == "own", "its own matter a province sees whole"
    trials(len(cases))


def test_neither_house_learns_of_the_other_and_an_owner_that_stands_aside_is_not_searched(library, other):
    """Isolation: no row, page or letter of the house that was asked; no photo, request or person for the owner."""
    request, row, (hit,) = meet(library, other)
    with context.seat(BRANDS):
        asked = library.lin
        assert row.outcome == "nothing_similar", "what the own library says is not touched"
        assert not Hint.objects.exists() and not selectors.all_hints(asked).exists()
        assert not selectors.all_hints(other.desk).exists(), "the owner sees no photo of somebody else's desk"
        assert selectors.told_elsewhere(other.desk)["all"] == 1 and selectors.told_elsewhere(asked)["all"] == 0
        with pytest.raises(NotFound404):
            selectors.access_hint(other.desk, hit.pk)
        letters = Letter.objects.filter(kind="recognition.elsewhere").values_list("sender", "thread")
        assert list(letters) == [(f"organisation:{other.house.organisation.pk}", hit.pk)]
    with context.province("gz"):
        officer.decide(by=library.gz.chen, hint_id=hit.pk, answer="reject", note="CANARYREASON")
    from federation.letters.delivery import deliver_everywhere

    deliver_everywhere()
    with context.seat(BRANDS):
        hit.refresh_from_db()
        assert hit.state == "rejected" and hit.answered_at
        (body,) = LetterBody.objects.filter(letter__kind="recognition.hint_answered").values_list("body", flat=True)
        assert "CANARYREASON" not in str(body) and library.gz.chen.display_name not in str(body)
        services.choose(desk=other.desk, others="none")
    _request, row, made = meet(library, other)
    assert (row.beyond, made) == ("", [])
    with context.seat(BRANDS):
        services.choose(desk=other.desk, others="known")
    with context.owner():
        Organisation.objects.filter(pk=other.house.organisation.pk).update(state="suspended")
    assert meet(library, other)[1].beyond == "", "an organisation that is suspended answers nobody"


def test_what_others_were_told_falls_and_stands_again_with_the_entry_and_by_nobody_elses_word(library, other):
    """R-10 across owners; the brakes of an entry count what it says of others' goods too."""
    from federation.letters.delivery import deliver_everywhere

    request, _row, (hit,) = meet(library, other)
    with context.seat(BRANDS):
        services.switch_off(desk=other.desk, entry_id=other.entry.pk, reason="误报")
    deliver_everywhere()
    assert shown(library.gz, request)[0].flagged == "switched_off"
    again, row, made = meet(library, other)
    assert (row.beyond, made, shown(library.gz, again)) == ("", [], []), "switched off: the next photo hears nothing"
    with context.seat(BRANDS):
        services.resume(desk=other.desk, entry_id=other.entry.pk)
    deliver_everywhere()
    assert shown(library.gz, request)[0].flagged == ""
    many = [library.ask(library.gz) for _each in range(8)]
    with context.seat(BRANDS):
        for each in many:
            beyond.keep(library.look(library.photo(each)), [other.found()])
        other.entry.refresh_from_db()
        assert (other.entry.state, other.entry.stopped_because) == ("suspended", "brake")
        assert not Elsewhere.objects.filter(flagged="").exists()


def test_only_good_photos_that_nothing_was_shown_of_go_further_and_what_was_interrupted_is_asked_again(
    library, other, monkeypatch
):
    """Edge 7; a weaker match, an entry out of its term or under its least score is nothing either."""
    mine = library.entry()
    requests = [library.ask(library.gz) for _each in range(5)]
    with context.seat(BRANDS):
        photos = [library.photo(request) for request in requests]
        assert library.look(photos[0], good=False, quality=("blurred",)).beyond == ""
        assert library.look(photos[1], found=(library.found(mine),)).beyond == ""
        row = library.look(photos[2])
        assert row.beyond == "waiting"
        asked = []
        monkeypatch.setattr(asking, "enqueue_beyond", asked.append)
        assert asking.sweep() == 0
        PhotoLook.objects.filter(pk=row.pk).update(beyond_at=clock.now() - asking.LOST_AFTER)
        asking.sweep()
        assert asked == [row.pk]
        assert beyond.keep(row, [other.found(band="possible")]) == []
        services.change(desk=other.desk, entry_id=other.entry.pk, least_score=500.0)
        assert beyond.keep(library.look(photos[3]), [other.found()]) == []
        assert beyond.owners_for(photos[4]) == [other.house.organisation.pk]
        assert DeskPhoto.objects.filter(elsewhere__isnull=False).count() == 0


def test_whoever_appraises_or_administers_says_what_the_library_does_for_others(library):
    with context.seat(BRANDS):
        assert beyond.choice_of(library.house.organisation.pk) == "known"
        assert services.choose(desk=library.lin, others="entry").others == "entry"
        Membership.objects.filter(user=library.house.wang).update(role="rights_staff")
        with pytest.raises(NotAllowed):
            services.choose(desk=library.wang, others="none")
        assert beyond.choice_of(library.house.organisation.pk) == "entry"
