/* Long lists: facets loaded after the page, filters that apply at once, and a dock for the cells that are ticked.
   Without it, the filters are a form with a button. */
(() => {
  "use strict";
  const wide = window.matchMedia("(min-width: 60.01rem)");
  for (const details of document.querySelectorAll("details[data-open-wide]")) details.open = wide.matches;

  const form = document.querySelector("form[data-filters]");
  // The page is loaded anew with each box that is ticked: the next one is a Tab away from it.
  const TICKED = "cellar:ticked";
  const focusTicked = (target) => {
    const [name, value] = JSON.parse(sessionStorage.getItem(TICKED) ?? "[]");
    sessionStorage.removeItem(TICKED);
    if (!name || document.activeElement !== document.body) return;
    [...target.querySelectorAll("input")].find((box) => box.name === name && box.value === value)?.focus({ preventScroll: true });
  };
  const submit = () => {
    // Fields left empty do not belong into the address.
    for (const field of form.elements) {
      if (field.name && field.value === "" && field.type !== "checkbox") field.disabled = true;
    }
    form.submit();
  };
  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    // A page that comes back from the browser's memory has its fields again.
    window.addEventListener("pageshow", () => {
      for (const field of form.elements) field.disabled = false;
    });
    const target = form.querySelector("[data-facets]");
    const load = async () => {
      try {
        const answer = await fetch(target.dataset.facets, { headers: { "X-Requested-With": "fetch" } });
        if (!answer.ok) throw new Error(answer.statusText);
        target.innerHTML = await answer.text();
        focusTicked(target);
        // What has a box now needs no other field with the same value.
        for (const box of target.querySelectorAll("input:checked")) {
          for (const field of form.elements) {
            const isOther = field !== box && field.name === box.name && field.value === box.value;
            if (isOther && field.type === "hidden") field.remove();
            else if (isOther && field.type !== "checkbox") field.value = "";
          }
        }
      } catch {
        target.replaceChildren();
      }
    };
    if (target) load();
    form.addEventListener("change", (event) => {
      const box = event.target;
      if (!box.matches("[data-facets] input[type='checkbox']")) return;
      sessionStorage.setItem(TICKED, JSON.stringify([box.name, box.value]));
      submit();
    });
  }

  const selection = document.querySelector("form[data-selection]");
  if (selection) {
    const dock = selection.querySelector("[data-dock]");
    const boxes = [...selection.querySelectorAll("input[name='cell']")];
    const update = () => {
      const count = boxes.filter((box) => box.checked).length;
      dock.hidden = count === 0;
      dock.querySelector("[data-count]").textContent = count === 1 ? "1 cell selected" : `${count} cells selected`;
      for (const button of dock.querySelectorAll("button[type='submit']")) button.disabled = count < 2;
      for (const box of boxes) box.closest("tr").classList.toggle("chosen", box.checked);
    };
    selection.addEventListener("change", update);
    dock.querySelector("[data-clear]").addEventListener("click", () => {
      for (const box of boxes) box.checked = false;
      update();
      boxes[0].focus();
    });
    window.addEventListener("pageshow", update);
  }
})();
