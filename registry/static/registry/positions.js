"use strict";

// A new row gets the next position.
document.addEventListener("formset:added", (event) => {
  const added = event.target.querySelector("input.position");
  if (!added || added.value) {
    return;
  }
  const group = event.target.closest(".inline-group");
  const positions = Array.from(group.querySelectorAll("input.position"), (input) => Number(input.value) || 0);
  added.value = Math.max(0, ...positions) + 1;
});
