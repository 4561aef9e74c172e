/**
 * The page and the notebook widget: one module.
 *
 * `startWhenShown(root, payload)` opens the page; the default export is what anywidget renders.
 */

import { decode } from "./engine.js";
import { openSession } from "./session.js";
import { mount } from "./view/mount.js";

const UNSHOWN = 300; // milliseconds after which a page in the background, never shown, opens

/**
 * Open the page in an element, at its first frame.
 *
 * A busy Chromium may answer who asks for localStorage before that with an empty store, and forgets
 * what is put into it: work would be missing, and new work lost, until the page is opened again.
 */
export function startWhenShown(root, payload) {
  const open = () => start(root, payload);
  if (document.hidden) setTimeout(open, UNSHOWN);
  else requestAnimationFrame(open);
}

/** Open the page in an element; returns a function that takes it down. */
function start(root, payload) {
  const { location, history } = window;
  const session = openSession(decode(payload), { location, history });
  const follow = (event) => session.follow(event.key ?? "");
  const arrive = () => session.arrive();
  window.addEventListener("storage", follow);
  window.addEventListener("hashchange", arrive);
  const unmount = mount(root, session, { kind: "page" });
  return () => {
    window.removeEventListener("storage", follow);
    window.removeEventListener("hashchange", arrive);
    unmount();
  };
}

/** Render the notebook widget: the log is kept the same here and in Python. */
function render({ model, el }) {
  const session = openSession(decode(JSON.parse(model.get("payload"))), { storage: null });
  const { table } = session;
  const same = () => JSON.stringify(table.log) === model.get("log");
  const take = () => {
    if (same()) return;
    try {
      table.replaceLog(JSON.parse(model.get("log")));
    } catch (error) {
      session.warn(error.message);
    }
  };
  const complain = () => model.get("problem") && session.warn(model.get("problem"));
  take();
  const end = table.subscribe(({ kind }) => {
    if (kind === "trouble" || same()) return;
    model.set("log", JSON.stringify(table.log));
    model.save_changes();
  });
  model.on("change:log", take);
  model.on("change:problem", complain);
  const unmount = mount(el, session, { kind: "widget" });
  return () => {
    end();
    model.off("change:log", take);
    model.off("change:problem", complain);
    unmount();
  };
}

export default { render };
