"""From the embedded figures to a first map of the 38 areas, step by step.

Run it in any folder: it writes ``first_map.png`` there.
"""

import coterminosity as ct

data = ct.england_2017()
print(data)

# How well do LEPs and STPs coincide today, for people and for land?
for weight in ("population", "area"):
    summary = ct.scores.summary(data.atoms.overlap("lep", "stp", weight=weight))
    print(f"{weight}: split share {summary['split_share']:.1%}, "
          f"merge share {summary['merge_share']:.1%}")  # fmt: skip

# The source paper's proposal. Contested districts stay open, for negotiation.
plan = ct.propose(data.graph, data.atoms, ct.Brief(seed_layer="lep", align=("stp",)))
print(plan)
for row in plan.alternatives.to_dict("records"):
    strands = f", strands {row['strands']}" if row["strands"] else ""
    print(f"  {row['name']} to {row['area']}: coterminosity {row['score']:.4f}{strands}")

areas = plan.area_table(data.atoms)
ax = ct.maps.areas(
    plan, data.atoms.dissolve("lad"), populations=areas["population"], note="People: ONS mid-2017."
)
print("wrote", ct.maps.save(ax, "first_map.png"))
