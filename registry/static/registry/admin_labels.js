/* Names for the fields that the admin leaves without one: in rows of tables, and of lists with a search field. */
(() => {
  "use strict";
  const text = (element) => element.textContent.trim();

  const nameRows = (root) => {
    for (const cell of root.querySelectorAll(".tabular tbody td, #result_list tbody td")) {
      const head = cell.closest("table").querySelectorAll("thead th")[cell.cellIndex];
      if (!head || !text(head)) continue;
      for (const field of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
        if (!field.labels?.length && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", text(head));
      }
    }
  };

  const nameSearchFields = (root) => {
    for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
      const label = select.labels?.[0] ? text(select.labels[0]) : select.getAttribute("aria-label");
      const shown = select.nextElementSibling;
      if (!label || !shown) continue;
      for (const part of shown.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label.replace(/:$/, ""));
      }
    }
  };

  const nameParts = (root) => {
    for (const field of root.querySelectorAll(".datetime input")) {
      const label = field.closest(".form-row")?.querySelector("label, legend");
      if (label && !field.labels?.length) field.setAttribute("aria-label", text(label).replace(/:$/, ""));
    }
    for (const icon of root.querySelectorAll(".help-tooltip[aria-label]")) icon.setAttribute("role", "img");
  };

  let waiting;
  const nameAll = () => {
    waiting = undefined;
    nameRows(document);
    nameSearchFields(document);
    nameParts(document);
  };
  // Search fields and further rows are made by scripts of the admin, whenever they come to it.
  const observer = new MutationObserver(() => {
    waiting ??= requestAnimationFrame(nameAll);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  nameAll();
})();
