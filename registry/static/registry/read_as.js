"use strict";

// Shows how a typed value is interpreted, below its input.
const timers = new WeakMap();

function getQuantity(input) {
  if (input.dataset.quantity) {
    return input.dataset.quantity;
  }
  const select = document.getElementsByName(input.name.replace(/written$/, "quantity"))[0];
  return select ? select.value : "";
}

function showInterpretation(input, answer) {
  const note = input.parentElement.querySelector(".read-as");
  note.textContent = answer.text;
  note.className = `read-as read-as-${answer.kind}`;
}

async function fetchInterpretation(input) {
  const quantity = getQuantity(input);
  if (!input.value.trim() || !quantity) {
    showInterpretation(input, { text: "", kind: "" });
    return;
  }
  const written = input.value;
  const query = new URLSearchParams({ quantity, written });
  const response = await fetch(`${input.dataset.readAs}?${query}`, { credentials: "same-origin" });
  if (response.ok && input.value === written) {
    showInterpretation(input, await response.json());
  }
}

function scheduleFetch(input) {
  clearTimeout(timers.get(input));
  timers.set(input, setTimeout(() => fetchInterpretation(input), 250));
}

document.addEventListener("input", (event) => {
  if (event.target.matches("input[data-read-as]")) {
    scheduleFetch(event.target);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select") && event.target.name.endsWith("quantity")) {
    const input = document.getElementsByName(event.target.name.replace(/quantity$/, "written"))[0];
    if (input) {
      scheduleFetch(input);
    }
  }
});
