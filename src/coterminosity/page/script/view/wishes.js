/** Wishes that concern several parts of the page at once; keys and buttons share them. */

const MODE_ORDER = ["now", "start", "difference"];

export class Wishes {
  toMap() {
    this.desk.setView("map");
    this.map.paths[this.focus.stop].focus({ preventScroll: true });
  }

  toTable() {
    this.desk.setView("table");
    this.table.focusFirst();
    this.desk.say("Table of districts: find one, and change its area with its select.");
  }

  toPanel(name) {
    this.desk.openPanel(name);
    this.panels.focusTab(name);
  }

  /** Take the brush; the area chosen, or that of the district chosen, is what it paints. */
  paint() {
    const { desk } = this;
    const [unit] = desk.selected;
    const near = desk.areaChosen ?? (unit === undefined ? "" : desk.areaName(unit));
    if (!desk.brush && near) desk.setBrush(near);
    desk.setView("map");
    desk.setTool("paint");
    if (desk.brush)
      desk.say(`Paint into ${desk.brush}: drag over districts, or press Enter on one.`);
    else {
      desk.say("Choose the area to paint into.");
      this.tools.brush.focus();
    }
  }

  nextMode() {
    this.desk.setView("map");
    const next = MODE_ORDER[(MODE_ORDER.indexOf(this.desk.mode) + 1) % MODE_ORDER.length];
    this.desk.setMode(next);
  }

  /** The district under keyboard focus counts as chosen where none is. */
  chosenUnits() {
    if (this.desk.selected.size) return [...this.desk.selected];
    const onMap = this.map.svg.contains(this.root.getRootNode().activeElement);
    return onMap ? [this.focus.stop] : [];
  }

  zoomToChosen() {
    const { desk } = this;
    const units = desk.areaChosen ? desk.table.unitsOf(desk.areaChosen) : this.chosenUnits();
    if (units.length) this.map.zoomTo(units);
    else desk.say("Nothing is chosen.");
  }

  capitalUnits() {
    const { ground } = this.desk;
    const found = [];
    for (let unit = 0; unit < ground.count; unit += 1) {
      // Codes of London boroughs and of the City begin so.
      if (ground.codes[unit].startsWith("E09")) found.push(unit);
    }
    return found;
  }

  zoomToCapital() {
    if (!this.capital.length) {
      this.desk.say("London is not on this map.");
      return;
    }
    const onMap = this.map.svg.contains(this.root.getRootNode().activeElement);
    // The keyboard goes along, or its next step would take the map back.
    if (onMap && !this.capital.includes(this.focus.stop)) this.focus.go(this.capital[0]);
    this.map.zoomTo(this.capital);
  }

  openLayers() {
    this.desk.setView("map");
    this.layers.unfold(true);
    this.layers.list.querySelector("input")?.focus();
  }

  flipOverlaps() {
    const key = [...this.layers.boxes.keys()].find((name) => name.startsWith("overlap "));
    if (key) this.layers.flip(key);
    else this.desk.say("No bodies of this page overlap.");
  }

  /** Go to the control that says where to: the select in the panel of what is chosen. */
  toGoal() {
    const units = this.chosenUnits();
    if (!units.length) {
      this.desk.say("Choose a district first.");
      return;
    }
    if (!this.desk.selected.size) this.desk.choose(units[0]);
    this.desk.openPanel("chosen");
    this.panels.draw();
    this.panels.pages.querySelector("select.goal")?.focus();
  }

  lockChosen() {
    const units = this.chosenUnits();
    if (units.length) this.desk.toggleLocks(units);
    else this.desk.say("Choose a district first.");
  }

  lockArea() {
    const { desk } = this;
    const [unit] = this.chosenUnits();
    const name = desk.areaChosen ?? (unit === undefined ? "" : desk.areaName(unit));
    if (name) desk.toggleAreaLock(name);
    else desk.say("Choose an area first.");
  }

  keepTogether() {
    const units = [...this.desk.selected];
    if (units.length) this.desk.keepTogether(units);
    else this.desk.say("Choose two or more districts first.");
  }

  nextBroken() {
    const rows = this.desk.broken();
    if (!rows.length) {
      this.desk.say("Every area is in one piece.");
      return;
    }
    this.brokenAt = ((this.brokenAt ?? -1) + 1) % rows.length;
    const row = rows[this.brokenAt];
    this.desk.chooseMany(row.parts.flat(), { zoom: true });
    this.desk.say(`${row.area} is in ${row.parts.length + 1} pieces; what is cut off is chosen.`);
  }

  letGo() {
    if (this.pointer.cancel()) {
      this.desk.say("The stroke was let go; nothing changed.");
      return;
    }
    if (this.desk.tool !== "select") {
      this.desk.setTool("select");
      this.desk.say("Select.");
      return;
    }
    this.desk.clearChoice();
    this.desk.say("Nothing is chosen.");
  }
}
