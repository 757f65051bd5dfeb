"""The order in which operations arrive decides between counts, not what their phones had seen."""

GUARD = "counting"


def plant():
    from dataclasses import replace

    from tenants.inspections import merge

    def merged_as_they_came(lot_id, operations, merge_lot=merge.merge_lot):
        return merge_lot(lot_id, [replace(each, turn=number) for number, each in enumerate(operations)])

    merge.merge_lot = merged_as_they_came
