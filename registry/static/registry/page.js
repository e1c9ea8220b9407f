/* Behaviour that all pages share. Each page can be read without it. */
(() => {
  "use strict";
  const box = document.querySelector(".find input");
  const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]";
  let before = null;
  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const isFree = !event.target.closest(TYPED_IN) && !document.querySelector("dialog:modal");
    if (event.key === "/" && isPlain && isFree && box) {
      event.preventDefault();
      before = document.activeElement;
      box.focus();
      box.select();
    } else if (event.key === "Escape") {
      const menus = [...document.querySelectorAll("details.menu[open]")];
      for (const menu of menus) {
        if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
        menu.open = false;
      }
      // The first Escape empties the box, the next one leaves it.
      if (!menus.length && event.target === box && !box.value) {
        box.blur();
        if (before?.isConnected) before.focus();
        before = null;
      }
    }
  });
  const closeOthers = (target) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));

  // A part of the page that is replaced by another gives its focus to what is there then.
  let replaced = [];
  document.addEventListener("htmx:before:swap", () => {
    replaced = [];
    for (let part = document.activeElement; part && part.id !== "content"; part = part.parentElement) {
      if (part.id) replaced.push(part.id);
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    if (document.activeElement !== document.body) return;
    const part = replaced.map((id) => document.getElementById(id)).find(Boolean);
    part?.querySelector("button:not([tabindex]), summary, textarea")?.focus();
  });

  // A link into a fold opens it; the browser does so only for what is inside.
  const openTarget = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  window.addEventListener("hashchange", openTarget);
  openTarget();

  // On a phone the rows of these tables are laid out as lines, for which some browsers forget that they are tables.
  const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  for (const table of document.querySelectorAll("table.two-line")) {
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td, th")]) {
      part.setAttribute("role", ROLES[part.tagName] ?? (part.scope === "row" ? "rowheader" : "columnheader"));
    }
  }

  // A browser cuts what is too long for a field without a word.
  document.addEventListener("beforeinput", (event) => {
    const field = event.target;
    if (!(field.maxLength > 0)) return;
    const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    const length = field.value.length - (field.selectionEnd - field.selectionStart) + text.length;
    const isCut = Boolean(text) && length > field.maxLength;
    let note = field.nextElementSibling?.matches("[data-cut]") ? field.nextElementSibling : null;
    if (!isCut) {
      note?.remove();
      return;
    }
    if (!note) {
      note = Object.assign(document.createElement("span"), { className: "echo warn", role: "status" });
      note.dataset.cut = "";
      field.after(note);
    }
    note.textContent = `Shortened to ${field.maxLength} characters, the maximum of this field.`;
  });

  let links, sections;
  const collect = () => {
    links = [...document.querySelectorAll("nav.contents a[href^='#']")];
    sections = links.map((link) => document.getElementById(link.hash.slice(1)));
    mark();
  };
  const mark = () => {
    const current = sections.findLastIndex((section) => section && section.getBoundingClientRect().top < 140);
    links.forEach((link, index) => link.toggleAttribute("aria-current", index === Math.max(current, 0)));
  };
  if (document.querySelector("nav.contents")) {
    window.addEventListener("scroll", mark, { passive: true });
    document.addEventListener("cellar:changed", collect);
    collect();
  }
})();
