"""Where kernels find things: all whole numbers of a search are one row, all real ones another.

Few arguments keep kernels quick to compile and to call. The row of whole numbers ``w`` starts
with counts, then the places where rows begin: row ``AREA`` begins at ``w[AREA]``, so that the
area of a unit is ``w[w[AREA] + unit]``. Real rows, named in ``REAL_ROWS``, are in ``x``.
"""

# Counts that change in ``w``, and those that do not.
OPEN, CUT_COUNT, STAMP, TRAIL_LENGTH, JOURNAL_LENGTH, TRIED, TAKEN, DICE, OTHER_DICE = range(9)
NODES, LABELS, NAMED, REGIONS, LAYERS, NEEDS, PINS, SLOTS, SPECIALS = range(9, 18)
K_LOW, K_HIGH, FREE, CONTIGUOUS = range(18, 22)

# Numbers in ``x``: the books (cost, people beyond a hard band, demands broken; cost and
# infeasibility of the best), what these count in the search and in infeasibility, and prices.
COST, BEYOND, BROKEN, BEST_COST, BAD = range(5)
SCALE_COST, SCALE_BEYOND, SCALE_BROKEN, BAD_BEYOND, BAD_BROKEN = range(5, 10)
SIZE_PRICE, CONSTANT = range(10, 12)

# Rows of whole numbers that are fixed: borders by slot (``near_start`` says where those of a node
# begin), pairs together or apart, regions held, what leads, labels.
NEAR_START, NEAR, NEAR_OWNER, NEAR_TWIN, PINNED, PAIR_START, PAIR, PAIR_KIND = range(24, 32)
HELD_START, HELD, REGION_LAYER, REGION_LEAD, LAYER_START, LABEL_REGION = range(32, 38)
LEAD_START, LEAD, LABEL_LED, LABEL_CLOSED, LABEL_MUST = range(38, 43)
LABEL_OWN_LOW, LABEL_OWN_HIGH, SPECIAL = range(43, 46)
# Rows of whole numbers that change: assignment, members of areas, regions, cuts, what to undo.
AREA, BEST, HEAD, AFTER, BEFORE, SIZE, LEADERS, HOME, MAIN, ENTERED = range(46, 56)
CUTS, CUT_PLACE, TRAIL, TRAIL_AREA, JOURNAL, JOURNAL_MARK = range(56, 62)
# Room to work in.
MARK, QUEUE, ORDER, PARENT, DEPTH, BELOW_PINS, BELOW_OWN, FITTING = range(62, 70)
# Rows of real numbers, fixed and changing.
NEAR_COST, PEOPLE, HELD_WEIGHT, REGION_SPLIT, LAYER_MERGE = range(70, 75)
NEED_PRICE, NEED_WEIGHT, NEED_SUM, LABEL_LOW, LABEL_HIGH = range(75, 80)
SPECIAL_LOW, SPECIAL_HIGH, LUCK = range(80, 83)
WEIGHT, COMMON, HOME_WEIGHT, MAIN_WEIGHT, SUM_WEIGHT, SUM_VALUE = range(83, 89)
BELOW, BELOW_CUT = range(89, 91)

FIRST_REAL, WHOLE_HEAD, REAL_HEAD = 70, 96, 16
