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

  const links = [...document.querySelectorAll("nav.contents a[href^='#']")];
  const sections = links.map((link) => document.getElementById(link.hash.slice(1)));
  const mark = () => {
    const current = sections.findLastIndex((section) => section && section.getBoundingClientRect().top < 140);
    links.forEach((link, index) => link.toggleAttribute("aria-current", index === Math.max(current, 0)));
  };
  if (links.length) {
    window.addEventListener("scroll", mark, { passive: true });
    mark();
  }
})();
