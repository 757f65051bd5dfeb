"""Who may do what with letters: neither side can forge the other's letters or read anybody else's.

The sender inserts letter, body and deliveries; only the addressee of a delivery changes it. The office sees
envelopes and deliveries, never a body that is not its own; it may take a stuck delivery up again or send it back,
which is all that can be done for an addressee that no longer exists.
"""

from provinces.declarations import ME, OFFICE, PARTY, Grant, InsertOnly, Policy

RECEIPT = (
    "state", "tries", "next_try_at", "failure_code", "dead_at", "delivered_at", "opened_at", "accepted_at",
    "returned_at", "answered_at", "return_reason", "received_digest",
)  # fmt: skip
_LETTER = "{table[letters.Letter]}"
_BODY = "{table[letters.LetterBody]}"
_DELIVERY = "{table[letters.Delivery]}"

RIGHTS = [
    Grant("letters.Letter", to=PARTY),
    Grant("letters.LetterBody", to=PARTY),
    Grant("letters.Delivery", to=PARTY),
    Grant("letters.Delivery", to=PARTY, rights="UPDATE", columns=RECEIPT),
    Grant("letters.LedgerEntry", to=PARTY),
    # Written by the owner alone, when a party is restored from a backup.
    Grant("letters.SentSince", to=PARTY, rights="SELECT"),
    Grant("letters.SentSince", to=PARTY, rights="UPDATE", columns=("adopted_at",)),
    Grant("letters.ArrivedSince", to=PARTY, rights="SELECT"),
    Grant("letters.ArrivedSince", to=PARTY, rights="UPDATE", columns=("again_at",)),
]

POLICIES = [
    # Who may read stands in the row: a policy that looks into the deliveries is planned as a scan of all of them.
    Policy("letters.Letter", "letter_write", "INSERT", check=f"sender_seat = {ME} AND sender_seat = ANY (seats)"),
    Policy("letters.Letter", "letter_read", "SELECT", using=f"{ME} = ANY (seats)"),
    Policy("letters.Letter", "letter_office", "SELECT", using="true", to=OFFICE),
    # The body has the seats again: through the letter's visibility the office would read every body.
    Policy(
        "letters.LetterBody",
        "body_write",
        "INSERT",
        check=f"EXISTS (SELECT 1 FROM {_LETTER} l"
        f" WHERE l.id = letter_id AND l.sender_seat = {ME} AND l.seats = {_BODY}.seats)",
    ),
    Policy("letters.LetterBody", "body_read", "SELECT", using=f"{ME} = ANY (seats)"),
    Policy(
        "letters.Delivery",
        "delivery_write",
        "INSERT",
        # A new delivery carries no receipt: that is the addressee's to write.
        check=f"sender_seat = {ME} AND state = 'waiting' AND received_digest = ''"
        " AND num_nonnulls(delivered_at, opened_at, accepted_at, returned_at, answered_at) = 0"
        f" AND EXISTS (SELECT 1 FROM {_LETTER} l"
        f" WHERE l.id = letter_id AND l.sender = {_DELIVERY}.sender AND l.sender_seat = {ME}"
        f" AND l.thread = {_DELIVERY}.thread AND {_DELIVERY}.addressee_seat = ANY (l.seats))",
    ),
    # Must not mention the letter: its policy mentions the delivery, and PostgreSQL refuses the recursion.
    Policy("letters.Delivery", "delivery_read", "SELECT", using=f"sender_seat = {ME} OR addressee_seat = {ME}"),
    Policy("letters.Delivery", "delivery_office", "SELECT", using="true", to=OFFICE),
    Policy(
        "letters.Delivery", "delivery_receipt", "UPDATE", using=f"addressee_seat = {ME}", check=f"addressee_seat = {ME}"
    ),
    Policy(
        "letters.Delivery",
        "delivery_mend",
        "UPDATE",
        using="state IN ('waiting', 'dead')",
        check="state IN ('waiting', 'dead', 'returned') AND received_digest = '' AND delivered_at IS NULL",
        to=OFFICE,
    ),
    # Only of one's own letters: a line of a letter received would keep its sender from writing the true one.
    Policy(
        "letters.LedgerEntry",
        "ledger_write",
        "INSERT",
        check=f"party_seat = {ME} AND EXISTS (SELECT 1 FROM {_LETTER} l"
        " WHERE l.id = letter_id AND l.sender = party AND l.sender_seat = party_seat)",
    ),
    Policy("letters.LedgerEntry", "ledger_read", "SELECT", using=f"party_seat = {ME}"),
    Policy("letters.LedgerEntry", "ledger_office", "SELECT", using="true", to=OFFICE),
    *(
        Policy(model, f"{name}_{command.lower()}", command, using=f"seat = {ME}")
        for model, name in (("letters.SentSince", "sent_since"), ("letters.ArrivedSince", "arrived_since"))
        for command in ("SELECT", "UPDATE")
    ),
]

INSERT_ONLY = [InsertOnly("letters.Letter"), InsertOnly("letters.LetterBody"), InsertOnly("letters.LedgerEntry")]
