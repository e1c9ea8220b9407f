/* Behaviour that all pages share. Each page can be read without it. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = document.querySelector(".find input");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    } else if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
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
