"""A year's arrangement as it may be pasted. The days are made up."""

WHOLE = """
date,kind,name
2027-01-01至2027-01-03 放假 元旦
2027-02-05~2027-02-11，放假，春节
２０２７年2月14日 上班 春节
# 以上为元旦、春节
2027-04-05	休	清明
2027-05-03..2027-05-05,holiday,劳动节
2027-10-01到2027-10-07 放假 国庆
"""
