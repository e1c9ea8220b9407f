"use strict";

// Shows under a number, while it is typed, what the registry understands by it.
const waiting = new WeakMap();

function quantityOf(input) {
  if (input.dataset.quantity) {
    return input.dataset.quantity;
  }
  const select = document.getElementsByName(input.name.replace(/written$/, "quantity"))[0];
  return select ? select.value : "";
}

function show(input, answer) {
  const note = input.parentElement.querySelector(".read-as");
  note.textContent = answer.text;
  note.className = `read-as read-as-${answer.kind}`;
}

async function ask(input) {
  const quantity = quantityOf(input);
  if (!input.value.trim() || !quantity) {
    show(input, { text: "", kind: "" });
    return;
  }
  const asked = input.value;
  const query = new URLSearchParams({ quantity, written: asked });
  const response = await fetch(`${input.dataset.readAs}?${query}`, { credentials: "same-origin" });
  if (response.ok && input.value === asked) {
    show(input, await response.json());
  }
}

function later(input) {
  clearTimeout(waiting.get(input));
  waiting.set(input, setTimeout(() => ask(input), 250));
}

document.addEventListener("input", (event) => {
  if (event.target.matches("input[data-read-as]")) {
    later(event.target);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select") && event.target.name.endsWith("quantity")) {
    const input = document.getElementsByName(event.target.name.replace(/quantity$/, "written"))[0];
    if (input) {
      later(input);
    }
  }
});
