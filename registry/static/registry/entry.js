/* Forms in which records are entered: changes of rows in place, what was understood while typing, and dialogs for new
   materials. Without this script the same buttons send the form. */
(() => {
  "use strict";
  const PREVIEW_MS = 250;
  const PAUSE_MS = 1000;

  const { showEcho, showChoices, showProblems } = window.entryEcho;
  const { read, hasChanged, replace, collect } = window.carryOver;
  const { session, keptText } = window;
  const main = document.querySelector("form[data-entry]");
  if (!main) return;
  let latest = 0;
  let shown = 0;
  let previewTimer = 0;
  let pauseTimer = 0;
  let isDirty = false;
  let isRefused = false;
  let savedBefore = null;

  function formData(form, submitter) {
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    return data;
  }

  // The server answers with the form alone, or with where to go once it is saved; null if it did not. Undefined if it
  // cannot be asked now, as when the session has ended: what was typed is kept, and the form says why.
  async function post(address, form, submitter, isAgain = false) {
    const body = formData(form, submitter);
    const headers = { "X-Partial": form.closest("dialog") ? "dialog" : "form" };
    let response;
    try {
      response = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
    } catch {
      return refuse(form, ["Not saved: the server cannot be reached. Try again."]);
    }
    if (response.redirected) return refuse(form, session.signedOut());
    if (response.status === 403 && !isAgain) {
      const problem = await session.renew();
      return problem ? refuse(form, problem) : post(address, form, submitter, true);
    }
    if (!response.ok) return null;
    if (isRefused) session.say(form, []);
    isRefused = false;
    if (form === main) keptText.forgetForm();
    return response;
  }

  function refuse(form, problem) {
    isRefused = true;
    keptText.keepForm(main);
    session.say(form, problem);
    return undefined;
  }

  function notice(...nodes) {
    const element = Object.assign(document.createElement("p"), { className: "notice", tabIndex: -1 });
    element.role = "status";
    element.append(...nodes);
    main.prepend(element);
    return element;
  }

  // What was typed before the session ended; the server shows it as it shows the form after a change of its rows.
  async function restore() {
    const body = keptText.takeForm(main);
    if (!body) return;
    body.set("action", "restore");
    const headers = { "X-Partial": "form" };
    const response = await fetch(main.getAttribute("action"), { method: "POST", body, headers, credentials: "same-origin" });
    if (!response.ok || response.redirected) return;
    main.innerHTML = await response.text();
    keptText.forgetForm();
    isDirty = true;
    notice("Your input from before you were signed out was restored. It is not saved yet: check it, then save.").focus();
    preview(true);
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

  // Nobody is told that half a number is wrong: an error of the field that is being typed in waits for a pause.
  function isBeingTyped(id, state, isQuick) {
    const field = document.activeElement;
    return state === "bad" && field?.id === id && (isQuick || field.getAttribute("aria-expanded") === "true");
  }

  // The button of a hint that has the focus keeps it if the hint is still given.
  function showAside(html) {
    const aside = document.querySelector("[data-aside]");
    const hinted = aside.contains(document.activeElement) ? document.activeElement.dataset.use : "";
    aside.innerHTML = html;
    if (hinted) aside.querySelector(`[data-use="${hinted}"]`)?.focus();
  }

  async function preview(isQuick) {
    if (!main.dataset.preview) return;
    const keepsDraft = !isQuick && "draftKept" in main.dataset;
    const number = ++latest;
    const typed = new Map([...main.elements].map((field) => [field.id, field.value]));
    const address = keepsDraft ? `${main.dataset.preview}?draft=1` : main.dataset.preview;
    const response = await post(address, main);
    if (!response) return;
    const answer = await response.json();
    if (keepsDraft) main.querySelector("[data-draft]").textContent = answer.draft || "Draft not saved: the form is too long.";
    if (number < shown) return;
    shown = number;
    // Whoever types on must not read what was understood of an earlier text.
    for (const [id, echo] of Object.entries(answer.echoes)) {
      const isCurrent = number === latest || document.getElementById(id)?.value === typed.get(id);
      if (isCurrent && !isBeingTyped(id, echo[1], isQuick)) showEcho(id, echo);
    }
    if (number !== latest) return;
    for (const [id, choices] of Object.entries(answer.choices)) showChoices(id, choices);
    showAside(answer.aside);
    main.dispatchEvent(new CustomEvent("cellar:preview", { bubbles: true, detail: answer }));
    if (!isQuick || main.querySelector("[data-problems] a")) showProblems(main, answer.problems);
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
      action.startsWith("files:") && (form.querySelector("[data-dropped-files] button") ?? document.getElementById("drop-files")),
      form.querySelector("button[value='rows:add']"),
    ];
    targets.find(Boolean)?.focus();
  }

  let change = Promise.resolve();

  async function changeRows(form, submitter) {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    stopTimers();
    const sent = read(form);
    const finishTyping = collect();
    const response = await post(form.getAttribute("action"), form, submitter);
    const html = response ? await response.text() : "";
    form.ariaBusy = "false";
    if (response === null) {
      finishTyping();
      sendWhole(form, submitter);
      return;
    }
    if (response && !replace(form, html, submitter.value, sent)) focusRow(form, submitter.value);
    finishTyping();
    if (response) form.dispatchEvent(new CustomEvent("cellar:rows", { bubbles: true }));
    if (response && form === main) preview(true);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const action = event.submitter?.value ?? "";
    if (!form.matches("form[data-entry]")) return;
    if (/^(rows|start|files):/.test(action)) {
      event.preventDefault();
      change = changeRows(form, event.submitter);
    } else if (action !== "discard") {
      event.preventDefault();
      save(form, event.submitter);
    } else {
      isDirty = false;
    }
  });

  async function save(form, submitter) {
    await change;
    if (form === main) await window.uploads?.idle();
    if (form.ariaBusy === "true" || (form === main && isSavedAlready())) return;
    form.ariaBusy = "true";
    stopTimers();
    const sent = read(form);
    const response = await post(form.getAttribute("action"), form, submitter);
    const isJson = response?.headers.get("Content-Type")?.startsWith("application/json");
    // A form that is saved stays busy until its page is left.
    if (!isJson) form.ariaBusy = "false";
    if (response === undefined) return;
    if (response === null) {
      sendWhole(form, submitter);
    } else if (!isJson) {
      const html = await response.text();
      const isTyping = hasChanged(form, sent);
      replace(form, html, "save", sent);
      if (!isTyping) focusProblem(form);
    } else {
      const { key, name, page, location } = await response.json();
      if (form.closest("dialog")) {
        closeDialog(form, key, name);
        return;
      }
      isDirty = false;
      if (!form.elements.seen) history.replaceState({ saved: { name, page } }, "");
      window.location.assign(location);
    }
  }

  // The Back button leads to a form that was saved: what it has would be saved a second time.
  function warnIfSaved() {
    main.ariaBusy = "false";
    const { saved } = history.state ?? {};
    if (!saved || savedBefore) return;
    const link = Object.assign(document.createElement("a"), { href: saved.page, textContent: saved.name });
    savedBefore = notice("You saved this form as ", link, ". Saving again makes a second record.");
  }

  function isSavedAlready() {
    if (!savedBefore) return false;
    history.replaceState(null, "");
    if (!savedBefore.isConnected) main.prepend(savedBefore);
    savedBefore.append(" Press Save once more if you want that.");
    savedBefore.focus();
    savedBefore = null;
    return true;
  }

  function focusProblem(form) {
    const conflict = form.querySelector("[data-conflict]");
    if (conflict) {
      conflict.focus();
      return;
    }
    const field = form.querySelector("[aria-invalid]");
    const fold = field?.closest("details");
    if (fold) fold.open = true;
    field?.focus();
  }

  /* what is typed */

  document.addEventListener("input", (event) => {
    const { form } = event.target;
    if (!form?.matches("form[data-entry]")) return;
    isDirty = true;
    if (form === main) schedulePreview();
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-combobox]") && event.target.form === main && isDirty) schedulePreview();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("select[data-role]")) return;
    event.target.closest("[data-row]").querySelector(".swatch").className = `swatch role-${event.target.value}`;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("[data-discard]")) isDirty = false;
    const link = event.target.closest("[data-problems] a[href^='#']");
    if (link) {
      event.preventDefault();
      const field = document.getElementById(link.hash.slice(1));
      const fold = field?.closest("details");
      if (fold) fold.open = true;
      field?.focus();
    }
  });

  document.addEventListener("cellar:filled", (event) => {
    isDirty = true;
    if (event.target.form === main) schedulePreview();
  });
  document.addEventListener("cellar:add", (event) => openDialog(event.target, event.detail.kind, event.detail.text));

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
    if (input) window.suggestions.fill(input, key, name);
  }

  window.addEventListener("beforeunload", (event) => {
    if (isDirty && !("draftKept" in main.dataset)) event.preventDefault();
  });

  document.addEventListener("cellar:session", () => {
    if (!isRefused) return;
    if (main.dataset.preview) preview(false);
    else session.say(main, ["You are signed in again: save once more."]);
  });
  window.addEventListener("pageshow", warnIfSaved);

  focusProblem(main);
  restore();
})();
