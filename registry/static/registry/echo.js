/* Shows below an input how the number typed in it is understood. */
(() => {
  "use strict";
  const CLASSES = { words: "warn", error: "bad" };
  const timers = new WeakMap();

  // What a number without a unit or with a comma may mean: each is a button.
  window.showRemedies = (id, remedies) => {
    let target = document.getElementById(`${id}-remedies`);
    if (!target && remedies.length) {
      target = Object.assign(document.createElement("span"), { className: "remedies", id: `${id}-remedies` });
      document.getElementById(`${id}-echo`)?.after(target);
    }
    const buttons = remedies.map(([written, meaning]) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "small", textContent: meaning ? `${written} (${meaning})` : written });
      Object.assign(button.dataset, { use: id, value: written });
      return button;
    });
    target?.replaceChildren(...buttons);
  };

  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-use]");
    if (!offer) return;
    const field = document.getElementById(offer.dataset.use);
    field.value = offer.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  function show(input, answer) {
    const echo = document.getElementById(input.getAttribute("aria-describedby"));
    if (!echo) return;
    echo.textContent = answer.text;
    echo.className = `echo ${CLASSES[answer.kind] ?? ""}`;
    if (answer.kind === "error") input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    window.showRemedies(input.id, answer.remedies ?? []);
  }

  // An input without a quantity has that of the select it names.
  function quantityOf(input) {
    if (input.dataset.quantity) return input.dataset.quantity;
    return document.getElementById(input.dataset.quantityFrom)?.value ?? "";
  }

  async function ask(input) {
    const written = input.value;
    const quantity = quantityOf(input);
    if (!written.trim() || !quantity) {
      show(input, { text: "", kind: "" });
      return;
    }
    const query = new URLSearchParams({ quantity, written });
    const response = await fetch(`${input.dataset.readAs}?${query}`, { credentials: "same-origin" });
    if (response.ok && input.value === written) show(input, await response.json());
  }

  function schedule(input) {
    clearTimeout(timers.get(input));
    timers.set(input, setTimeout(() => ask(input), 250));
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("input[data-read-as]")) schedule(event.target);
    if (event.target.matches?.("select[id]")) {
      for (const input of document.querySelectorAll("input[data-quantity-from]")) {
        if (input.dataset.quantityFrom === event.target.id) schedule(input);
      }
    }
  });
})();
