"""线索: from whatever source, one holder, one clock, an end, and an answer to every source."""
