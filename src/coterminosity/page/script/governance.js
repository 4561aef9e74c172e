/** Who governs an area: a label from combined authorities and the tiers of its councils. */

const SINGLE_TIERS = new Set(["unitary", "metropolitan district"]);

/** The label of an area of these units; "" where the page knows nothing of governance. */
export function governanceOf(ground, units) {
  const own = ground.governance;
  if (!own) return "";
  const { people, first, of, total } = mainAuthority(ground, units);
  const least = 1 - ground.tolerance;
  if (people > 0 && first !== "") {
    const isInside = of / people >= least;
    if (first === own.labels.london) {
      if (isInside) return own.labels.london;
    } else if (isInside && of / total >= least) {
      return own.labels[own.mayors[first]] ?? own.labels.unknown;
    }
  }
  return isSingle(ground, units, people * least) ? own.labels.unitary : own.labels.none;
}

/** The authority with most of an area's people, of equals the first by code. */
function mainAuthority(ground, units) {
  const own = ground.governance;
  const inside = new Map();
  let people = 0;
  for (const unit of units) {
    people += ground.people[unit];
    const authority = own.authority[unit];
    if (authority) inside.set(authority, (inside.get(authority) ?? 0) + ground.people[unit]);
  }
  const ranked = [...inside].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (!ranked.length) return { people, first: "", of: 0, total: 0 };
  const [first, of] = ranked[0];
  return { people, first, of, total: own.totals.get(first) };
}

/** Whether one council with the powers of a county holds nearly all of an area. */
function isSingle(ground, units, least) {
  const own = ground.governance;
  const held = new Map();
  for (const unit of units) {
    const council = own.council[unit];
    const before = held.get(council) ?? { people: 0, tier: own.tier[unit] };
    held.set(council, { ...before, people: before.people + ground.people[unit] });
  }
  return [...held.values()].some(({ people, tier }) => (
    SINGLE_TIERS.has(tier) && people > 0 && people >= least));
}
