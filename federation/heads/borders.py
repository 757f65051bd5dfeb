"""That another party's log went back is written once and never changed."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [InsertOnly("heads.LogReturn")]
