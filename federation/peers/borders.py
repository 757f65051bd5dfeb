"""The office keeps the list of other installations; the courier carries, and reads letters to and from them only.

The courier's login sees a letter only when its own seat stands among the letter's seats, which the sender's login
writes for an addressee that lives elsewhere. It writes letters only in the name of parties that live elsewhere.
"""

from federation.letters.borders import RECEIPT
from provinces.declarations import COURIER, ME, OFFICE, Grant, InsertOnly, Policy

_LETTER = "{table[letters.Letter]}"
_BODY = "{table[letters.LetterBody]}"
_DELIVERY = "{table[letters.Delivery]}"
_LIVES_ELSEWHERE = (
    "EXISTS (SELECT 1 FROM {table[provinces.RemoteParty]} r WHERE r.party = sender AND r.state = 'active')"
)

RIGHTS = [
    Grant("peers.Peer", to=OFFICE, rights="SELECT, INSERT, UPDATE"),
    Grant("peers.Peer", to=COURIER, rights="SELECT"),
    Grant(
        "peers.Peer",
        to=COURIER,
        rights="UPDATE",
        columns=("our_generation", "release", "heard_at", "failed_at", "failure_code", "failures", "quiet_until"),
    ),
    Grant("peers.PeerKey", to=OFFICE, rights="SELECT, INSERT, UPDATE"),
    Grant("peers.PeerKey", to=COURIER, rights="SELECT, INSERT"),
    Grant("peers.PeerKey", to=COURIER, rights="UPDATE", columns=("until",)),
    Grant("peers.OwnKey", to=OFFICE),
    Grant("peers.OwnKey", to=COURIER, rights="SELECT"),
    Grant("peers.SeenRequest", to=COURIER, rights="SELECT, INSERT, DELETE"),
    Grant("peers.Arrival", to=COURIER, rights="SELECT, INSERT, UPDATE, DELETE"),
    Grant("peers.Arrival", to=OFFICE, rights="SELECT"),
    Grant("letters.Letter", to=COURIER),
    Grant("letters.LetterBody", to=COURIER),
    Grant("letters.Delivery", to=COURIER),
    Grant("letters.Delivery", to=COURIER, rights="UPDATE", columns=RECEIPT),
    Grant("letters.ArrivedSince", to=COURIER),
    Grant("letters.ArrivedSince", to=COURIER, rights="UPDATE", columns=("again_at",)),
    Grant("parties.Organisation", to=COURIER, rights="SELECT", columns=("id", "state")),
]

POLICIES = [
    Policy(
        "letters.Letter",
        "courier_letter_write",
        "INSERT",
        check=f"sender_seat = {ME} AND sender_seat = ANY (seats) AND {_LIVES_ELSEWHERE}",
        to=COURIER,
    ),
    Policy("letters.Letter", "courier_letter_read", "SELECT", using=f"{ME} = ANY (seats)", to=COURIER),
    Policy(
        "letters.LetterBody",
        "courier_body_write",
        "INSERT",
        check=f"EXISTS (SELECT 1 FROM {_LETTER} l"
        f" WHERE l.id = letter_id AND l.sender_seat = {ME} AND l.seats = {_BODY}.seats)",
        to=COURIER,
    ),
    Policy("letters.LetterBody", "courier_body_read", "SELECT", using=f"{ME} = ANY (seats)", to=COURIER),
    Policy(
        "letters.Delivery",
        "courier_delivery_write",
        "INSERT",
        check=f"sender_seat = {ME} AND addressee_seat <> {ME} AND state = 'waiting' AND received_digest = ''"
        " AND num_nonnulls(delivered_at, opened_at, accepted_at, returned_at, answered_at) = 0"
        f" AND EXISTS (SELECT 1 FROM {_LETTER} l"
        f" WHERE l.id = letter_id AND l.sender = {_DELIVERY}.sender AND l.sender_seat = {ME}"
        f" AND l.thread = {_DELIVERY}.thread AND {_DELIVERY}.addressee_seat = ANY (l.seats))",
        to=COURIER,
    ),
    Policy(
        "letters.Delivery",
        "courier_delivery_read",
        "SELECT",
        using=f"sender_seat = {ME} OR addressee_seat = {ME}",
        to=COURIER,
    ),
    Policy(
        "letters.Delivery",
        "courier_delivery_receipt",
        "UPDATE",
        using=f"addressee_seat = {ME}",
        check=f"addressee_seat = {ME}",
        to=COURIER,
    ),
    # What a restored installation asks for once more.
    *(
        Policy("letters.ArrivedSince", f"courier_again_{name}", command, to=COURIER, **{what: f"seat = {ME}"})
        for name, command, what in (
            ("read", "SELECT", "using"),
            ("write", "INSERT", "check"),
            ("done", "UPDATE", "using"),
        )
    ),
]

INSERT_ONLY = [InsertOnly("peers.OwnKey")]
