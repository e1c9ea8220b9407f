/* Forms in which records are entered: changes of rows in place, what was understood while typing, suggestions of
   materials, and dialogs for new ones. Without this script the same buttons send the form. */
(() => {
  "use strict";
  const PREVIEW_MS = 250;
  const PAUSE_MS = 1000;
  const SUGGEST_MS = 150;

  const main = document.querySelector("form[data-entry]");
  if (!main) return;
  let latest = 0;
  let previewTimer = 0;
  let pauseTimer = 0;
  let isDirty = false;

  function formData(form, submitter) {
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    return data;
  }

  // The server answers with the form alone, or with where to go once it is saved; null if it did not, as when the
  // session has ended.
  async function post(address, form, submitter) {
    const body = formData(form, submitter);
    const headers = { "X-Partial": form.closest("dialog") ? "dialog" : "form" };
    try {
      const response = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
      return response.ok && !response.redirected ? response : null;
    } catch {
      say(form, "The server cannot be reached: try again.");
      return undefined;
    }
  }

  function say(form, text) {
    form.querySelector("[data-problems]").textContent = text;
  }

  // As without this script; the page of the server says what is wrong.
  function sendWhole(form, submitter) {
    isDirty = false;
    const action = document.createElement("input");
    Object.assign(action, { type: "hidden", name: "action", value: submitter?.value ?? "save" });
    form.append(action);
    HTMLFormElement.prototype.submit.call(form);
  }

  function stopTimers() {
    clearTimeout(previewTimer);
    clearTimeout(pauseTimer);
    latest += 1;
  }

  /* what was understood */

  function showEcho(id, [text, state]) {
    const field = document.getElementById(id);
    const echo = document.getElementById(`${id}-echo`);
    if (!field || !echo) return;
    if (echo.textContent !== text) echo.textContent = text;
    echo.className = `echo ${state}`.trim();
    if (state === "bad") field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  // The batches are those of the material.
  function showChoices(id, choices) {
    const select = document.getElementById(id);
    const present = [...select.options].map((item) => item.value).join(" ");
    if (present === choices.map(([value]) => value).join(" ")) return;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  }

  function showProblems(problems) {
    const target = main.querySelector("[data-problems]");
    target.replaceChildren();
    if (!problems.length) return;
    target.append(`${problems.length} field${problems.length === 1 ? "" : "s"} to fix: `);
    problems.slice(0, 3).forEach(([id, label], index) => {
      const link = document.createElement("a");
      link.href = `#${id}`;
      link.textContent = label;
      target.append(index ? ", " : "", link);
    });
  }

  // Nobody is told that half a number is wrong: an error of the field that is being typed in waits for a pause.
  function isBeingTyped(id, state, isQuick) {
    const field = document.activeElement;
    return state === "bad" && field?.id === id && (isQuick || field.getAttribute("aria-expanded") === "true");
  }

  async function preview(isQuick) {
    if (!main.dataset.preview) return;
    const keepsDraft = !isQuick && "draftKept" in main.dataset;
    const number = ++latest;
    const address = keepsDraft ? `${main.dataset.preview}?draft=1` : main.dataset.preview;
    const response = await post(address, main);
    if (!response) return;
    const answer = await response.json();
    if (keepsDraft && answer.draft) main.querySelector("[data-draft]").textContent = answer.draft;
    if (number !== latest) return;
    for (const [id, echo] of Object.entries(answer.echoes)) {
      if (!isBeingTyped(id, echo[1], isQuick)) showEcho(id, echo);
    }
    for (const [id, choices] of Object.entries(answer.choices)) showChoices(id, choices);
    document.querySelector("[data-aside]").innerHTML = answer.aside;
    if (!isQuick || main.querySelector("[data-problems] a")) showProblems(answer.problems);
    const label = main.querySelector("#id_label");
    if (label) label.placeholder = answer.name;
  }

  function schedulePreview() {
    clearTimeout(previewTimer);
    clearTimeout(pauseTimer);
    previewTimer = setTimeout(() => preview(true), PREVIEW_MS);
    pauseTimer = setTimeout(() => preview(false), PAUSE_MS);
  }

  /* rows */

  // After a move the focus stays on the button of the row that moved; else it goes to the first field of the row.
  function focusRow(form, action) {
    const mark = form.querySelector("[data-focus]");
    const row = mark && form.querySelectorAll("[data-row]")[Number(mark.dataset.focus)];
    const move = action.match(/^rows:(up|down)/)?.[0];
    const targets = [
      move && row?.querySelector(`button[value^="${move}"]:enabled`),
      row?.querySelector("[role=combobox]"),
      row?.querySelector("input:not([type=hidden]), select"),
      form.querySelector("button[value='rows:add']"),
    ];
    targets.find(Boolean)?.focus();
  }

  async function changeRows(form, submitter) {
    stopTimers();
    const response = await post(form.getAttribute("action"), form, submitter);
    if (response === undefined) return;
    if (response === null) {
      sendWhole(form, submitter);
      return;
    }
    form.innerHTML = await response.text();
    focusRow(form, submitter.value);
    if (form === main) preview(true);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const action = event.submitter?.value ?? "";
    if (!form.matches("form[data-entry]")) return;
    if (action.startsWith("rows:") || action.startsWith("start:")) {
      event.preventDefault();
      changeRows(form, event.submitter);
    } else if (action !== "discard") {
      event.preventDefault();
      save(form, event.submitter);
    } else {
      isDirty = false;
    }
  });

  async function save(form, submitter) {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    stopTimers();
    const response = await post(form.getAttribute("action"), form, submitter);
    form.ariaBusy = "false";
    if (response === undefined) return;
    if (response === null) {
      sendWhole(form, submitter);
    } else if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
      form.innerHTML = await response.text();
      focusProblem(form);
    } else {
      const { key, name, location } = await response.json();
      isDirty = false;
      if (form.closest("dialog")) closeDialog(form, key, name);
      else window.location.assign(location);
    }
  }

  function focusProblem(form) {
    const field = form.querySelector("[aria-invalid]");
    const fold = field?.closest("details");
    if (fold) fold.open = true;
    field?.focus();
  }

  /* suggestions: the combobox pattern of WAI-ARIA with a list box */

  const timers = new WeakMap();

  function listOf(input) {
    return document.getElementById(input.getAttribute("aria-controls"));
  }

  function keyOf(input) {
    return input.form.elements[`${input.name}_key`];
  }

  function close(input) {
    const list = listOf(input);
    if (!list) return;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function option(list, text, detail) {
    const item = document.createElement("li");
    item.role = "option";
    item.id = `${list.id}-${list.children.length}`;
    item.setAttribute("aria-selected", "false");
    const name = document.createElement(detail === null ? "span" : "b");
    name.textContent = text;
    item.append(name);
    if (detail) {
      const more = document.createElement("span");
      more.className = "quiet";
      more.textContent = ` ${detail}`;
      item.append(more);
    }
    list.append(item);
    return item;
  }

  function activate(input, index) {
    const list = listOf(input);
    const items = [...list.children];
    if (!items.length) return;
    const current = (index + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === current)));
    input.setAttribute("aria-activedescendant", items[current].id);
    items[current].scrollIntoView({ block: "nearest" });
  }

  function activeIndex(input) {
    return [...listOf(input).children].findIndex((item) => item.getAttribute("aria-selected") === "true");
  }

  function choose(input, item) {
    if (item.dataset.add) {
      const text = input.value.trim();
      close(input);
      openDialog(input, item.dataset.add, text);
      return;
    }
    fill(input, item.dataset.key, item.dataset.name, item.dataset.detail);
  }

  function fill(input, key, name, detail) {
    input.value = name;
    keyOf(input).value = key;
    close(input);
    showEcho(input.id, [detail ?? "", ""]);
    isDirty = true;
    if (input.form === main) schedulePreview();
  }

  async function suggest(input) {
    const list = listOf(input);
    const text = input.value.trim();
    const project = main.elements.project?.value ?? "";
    const query = new URLSearchParams({ q: text, project });
    if (input.dataset.combobox === "material") query.set("only", "material");
    const response = await fetch(`${main.dataset.suggest}?${query}`, { credentials: "same-origin" }).catch(() => null);
    if (!response?.ok || input.value.trim() !== text || document.activeElement !== input) return;
    const { suggestions } = await response.json();
    list.replaceChildren();
    for (const suggestion of suggestions) {
      const item = option(list, suggestion.name, suggestion.detail);
      item.dataset.key = suggestion.key;
      item.dataset.name = suggestion.name;
      item.dataset.detail = suggestion.detail;
    }
    const isNew = text && !suggestions.some((suggestion) => suggestion.name.toLowerCase() === text.toLowerCase());
    if (isNew) {
      option(list, `Add “${text}” as a new material`, null).dataset.add = "material";
      if (input.dataset.combobox === "all") {
        option(list, `Add “${text}” as a new formulation`, null).dataset.add = "formulation";
      }
    }
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (text && !list.hidden) activate(input, 0);
  }

  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.form?.matches("form[data-entry]")) return;
    isDirty = true;
    if (input.matches("[data-combobox]")) {
      keyOf(input).value = "";
      clearTimeout(timers.get(input));
      timers.set(input, setTimeout(() => suggest(input), SUGGEST_MS));
    }
    if (input.form === main) schedulePreview();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("select[data-role]")) return;
    event.target.closest("[data-row]").querySelector(".swatch").className = `swatch role-${event.target.value}`;
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest(".suggestions [role=option]");
    if (item) {
      const input = document.querySelector(`[aria-controls="${item.parentElement.id}"]`);
      choose(input, item);
      return;
    }
    if (event.target.matches("[data-combobox]") && listOf(event.target).hidden) suggest(event.target);
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    const offer = event.target.closest("[data-use]");
    if (offer) {
      const field = document.getElementById(offer.dataset.use);
      field.value = offer.dataset.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }
    const link = event.target.closest("[data-problems] a");
    if (link) {
      event.preventDefault();
      const field = document.getElementById(link.hash.slice(1));
      const fold = field?.closest("details");
      if (fold) fold.open = true;
      field?.focus();
    }
  });

  // The list must not take the focus from the input before the click arrives.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".suggestions")) event.preventDefault();
  });

  document.addEventListener("focusout", (event) => {
    if (!event.target.matches("[data-combobox]")) return;
    close(event.target);
    if (event.target.form === main && isDirty) schedulePreview();
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-combobox]")) return;
    const list = listOf(input);
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) suggest(input);
      else activate(input, activeIndex(input) + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && isOpen && activeIndex(input) >= 0) {
      event.preventDefault();
      choose(input, list.children[activeIndex(input)]);
    } else if (event.key === "Tab" && isOpen && input.value.trim() && activeIndex(input) >= 0) {
      const item = list.children[activeIndex(input)];
      if (!item.dataset.add) choose(input, item);
      close(input);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close(input);
    }
  }, true);

  /* dialogs */

  async function openDialog(input, kind, text) {
    const address = kind === "formulation" ? main.dataset.newFormulation : main.dataset.newMaterial;
    const query = new URLSearchParams({ name: text, project: main.elements.project?.value ?? "" });
    const response = await fetch(`${address}?${query}`, { headers: { "X-Partial": "dialog" }, credentials: "same-origin" });
    if (!response.ok) return;
    const dialog = document.createElement("dialog");
    dialog.className = "sheet";
    const form = document.createElement("form");
    form.method = "post";
    form.noValidate = true;
    form.setAttribute("action", address);
    form.dataset.entry = "";
    form.innerHTML = await response.text();
    form.chosenFor = input.id;
    dialog.setAttribute("aria-labelledby", form.querySelector("h2").id);
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      document.getElementById(form.chosenFor)?.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    const first = ["select[name=kind]", "[role=combobox]", "input:not([type=hidden])"];
    first.map((selector) => form.querySelector(selector)).find(Boolean)?.focus();
  }

  function closeDialog(form, key, name) {
    const input = document.getElementById(form.chosenFor);
    form.closest("dialog").close();
    if (input) fill(input, key, name);
  }

  window.addEventListener("beforeunload", (event) => {
    if (isDirty && !("draftKept" in main.dataset)) event.preventDefault();
  });

  focusProblem(main);
})();
