"""What is done with official letters, a module a matter.

drafting.draft(kind=, by=, clue_id=, case_id=, refers_to=, to=To(…), **parts) -> OfficialLetter
drafting.change(letter_id=, by=, **parts) · drafting.put_exhibits · drafting.submit · drafting.drop
issuing.check(letter_id=, by=, words=) · issuing.send_down(letter_id=, by=, words=) · issuing.issue(letter_id=, by=, …)
sending.send(letter, by) in the caller's transaction: posts, or says in waiting_code why it waits · sending.mind()
receiving.arrive(message, envelope, code) · receiving.sign_for · receiving.accept · receiving.return_
results.tell(letter_id=, by=, words=, final=…) · results.close
recalling.recall · recalling.consent · recalling.refuse
by_hand.note(letter_id=, by=, what=, on=, …) for letters on paper
"""
