"""Who may touch the tables of reverse clues: the brands host alone."""

from provinces.declarations import BRANDS, Grant, InsertOnly

INSERT_ONLY = [InsertOnly("reverse_clues.StateLine"), InsertOnly("reverse_clues.Supplement")]
RIGHTS = [
    *(
        Grant(f"reverse_clues.{name}", to=BRANDS, rights="SELECT, INSERT, UPDATE, DELETE")
        for name in ("Addressee", "ClueFile", "ClueProduct", "Purchase")
    ),
    *(
        Grant(f"reverse_clues.{name}", to=BRANDS, rights="SELECT, INSERT, UPDATE")
        for name in ("Question", "ReverseClue")
    ),
    Grant("reverse_clues.ReverseClue_trademarks", to=BRANDS, rights="SELECT, INSERT, DELETE"),
    *(Grant(rule.model, to=BRANDS, rights="SELECT, INSERT") for rule in INSERT_ONLY),
]
