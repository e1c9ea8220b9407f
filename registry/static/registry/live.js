/* Statuses of a page that waits for imports and analyses: polls them, and puts what has changed into the page.
   What the reader has opened, zoomed or typed stays. Without it, the notice has a link that reloads the page. */
(() => {
  "use strict";
  const FIRST_MS = 2000, LONGEST_MS = 15000, GROWTH = 1.5;
  const content = document.getElementById("content");
  const status = document.getElementById("processing");
  if (!status?.dataset.follow) return;
  const { follow, done } = status.dataset;
  let { pending } = status.dataset;
  let wait = FIRST_MS;

  const edited = new WeakSet();
  content.addEventListener("input", (event) => event.target.form && edited.add(event.target.form));

  const isKept = (node) => node instanceof Element && (node.matches("[data-keep]") || edited.has(node));
  // A figure that a script has drawn stays; one whose numbers have changed is asked for again.
  const isDrawn = (old, next) => {
    if (!(old instanceof Element && old.matches("figure.plot[data-figure]") && old.querySelector(".canvas.drawn"))) return false;
    if (old.dataset.version !== next.dataset.version) {
      old.dataset.version = next.dataset.version;
      old.dispatchEvent(new CustomEvent("cellar:stale", { bubbles: true }));
    }
    return true;
  };
  const options = {
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (old, next) => !isKept(old) && !isDrawn(old, next),
      beforeNodeRemoved: (node) => !isKept(node),
      beforeAttributeUpdated: (name, element) => !(name === "open" && element.matches("details")) && name !== "data-marked",
    },
  };

  // The page as it is now; undefined if it cannot be shown, as after signing out.
  const fetchPage = async () => {
    const response = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok && page.getElementById("processing") ? page : undefined;
  };

  // Idiomorph creates what holds a known id as an HTML element, which is no drawing within SVG: ids of drawings are
  // hidden from it.
  const morph = (next) => {
    const marked = [...content.querySelectorAll("svg[id], svg [id]")].map((element) => [element, element.id]);
    for (const [element] of marked) element.removeAttribute("id");
    Idiomorph.morph(content, next, options);
    for (const [element, id] of marked) if (element.isConnected && !document.getElementById(id)) element.id = id;
  };

  const update = (page) => {
    pending = page.getElementById("processing").dataset.pending ?? "";
    morph(page.getElementById("content"));
    if (!pending) {
      const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: done });
      document.getElementById("processing").replaceChildren(notice);
    }
    window.htmx?.process(content);
    content.dispatchEvent(new CustomEvent("cellar:changed", { bubbles: true }));
  };

  const poll = async () => {
    wait = Math.min(wait * GROWTH, LONGEST_MS);
    try {
      const response = await fetch(follow, { credentials: "same-origin" });
      const current = response.ok ? (await response.json()).pending.join(" ") : pending;
      const page = current === pending ? undefined : await fetchPage();
      if (page) {
        update(page);
        wait = FIRST_MS;
      }
    } catch {
      // The server may be restarting; the next poll tries again.
    }
    if (pending) schedule();
  };

  // A page in the background waits until it is looked at.
  const schedule = () =>
    setTimeout(() => (document.hidden ? document.addEventListener("visibilitychange", poll, { once: true }) : poll()), wait);
  schedule();
})();
