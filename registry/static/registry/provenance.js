/* Where a number comes from, in a popover at the number. Without it, the number leads to the page of its run. */
(() => {
  "use strict";
  const GAP = 6, EDGE = 8, LEAST = 160;
  const box = Object.assign(document.createElement("div"), { popover: "auto", id: "provenance", className: "provenance", tabIndex: -1 });
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", "Where this number comes from");
  document.body.append(box);
  let opener;

  // Below the number, or above it where there is more room; it moves with the page.
  const position = () => {
    const at = opener.getBoundingClientRect();
    const below = innerHeight - at.bottom - GAP - EDGE;
    const above = at.top - GAP - EDGE;
    const isBelow = below >= above || below >= box.scrollHeight;
    box.style.maxHeight = `${Math.max(isBelow ? below : above, LEAST)}px`;
    const left = Math.max(Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - EDGE), EDGE);
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${scrollY + (isBelow ? at.bottom + GAP : at.top - GAP - box.offsetHeight)}px`;
  };

  const open = async (link) => {
    opener = link;
    box.textContent = "Loading…";
    box.showPopover();
    link.setAttribute("aria-expanded", "true");
    position();
    const response = await fetch(link.dataset.provenance, { credentials: "same-origin", headers: { "HX-Request": "true" } });
    if (!response.ok || response.redirected) throw new Error(`${link.dataset.provenance}: ${response.status}`);
    const text = await response.text();
    if (opener !== link) return;
    box.innerHTML = text;
    box.querySelector("[data-close]").hidden = false;
    position();
    box.focus();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#provenance [data-close]")) box.hidePopover();
    const link = event.target.closest("a[data-provenance]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  });
  // It stands at the end of the page: who leaves it with the Tab key goes on from the number.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const stops = [...box.querySelectorAll("a[href], button:not([hidden]), summary")].filter((stop) => stop.checkVisibility());
    const isFirst = document.activeElement === box || document.activeElement === stops[0];
    if (event.shiftKey ? !isFirst : document.activeElement !== (stops.at(-1) ?? box)) return;
    if (event.shiftKey) event.preventDefault();
    opener.focus();
    box.hidePopover();
  });
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed" || !opener) return;
    opener.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body || box.contains(document.activeElement)) opener.focus();
  });
  const announce = () => document.querySelectorAll("a[data-provenance]").forEach((link) => link.setAttribute("aria-haspopup", "dialog"));
  document.addEventListener("cellar:changed", announce);
  announce();
})();
