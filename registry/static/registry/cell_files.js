/* Files dropped on the form of a new cell: its hidden field has their keys, and the preview lists them. */
(() => {
  "use strict";
  const main = document.querySelector("form[data-entry]");
  const shown = () => main.querySelector("[data-dropped-files]");

  // The script uploads the files by themselves: they are not sent again with the form.
  document.querySelector("[data-drop] input[type=file]").removeAttribute("form");

  document.addEventListener("cellar:uploaded", (event) => {
    const field = main.elements.file_drafts;
    const keys = new Set([...field.value.split(" ").filter(Boolean), ...event.detail.map(String)]);
    field.value = [...keys].join(" ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("cellar:preview", (event) => {
    const { files } = event.detail;
    if (files === shown().latest) return;
    const focused = shown().contains(document.activeElement) ? document.activeElement.value : null;
    shown().latest = files;
    shown().innerHTML = files;
    if (focused !== null) [...shown().querySelectorAll("button")].find((button) => button.value === focused)?.focus();
  });
})();
