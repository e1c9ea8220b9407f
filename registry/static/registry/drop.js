/* Files dropped on a page: uploaded three at a time, recognised, and listed in the table of files to confirm. */
(() => {
  "use strict";
  const AT_ONCE = 3;
  const POLL_MS = 1500;
  const REFRESH_MS = 400;
  const MOST_FILES = 500;
  const zone = document.querySelector("[data-drop]");
  if (!zone) return;
  const list = document.querySelector("[data-uploads]");
  const area = document.querySelector("[data-files]");
  const input = zone.querySelector('input[type="file"]');
  const rest = document.createElement("li");
  rest.className = "quiet";
  const waiting = [];
  let running = 0;
  let polling = 0;
  let refreshing = 0;
  let changes = Promise.resolve();
  let edits = 0;
  let answered = 0;

  const token = () => zone.querySelector('[name="csrfmiddlewaretoken"]').value;
  const page = () => new URLSearchParams({ page_cell: zone.dataset.pageCell });
  const form = () => area.querySelector("[data-files-form]");

  /* Uploads */

  function enqueue(files) {
    waiting.push(...files);
    startNext();
  }

  function addItem(name) {
    const item = document.createElement("li");
    const label = document.createElement("span");
    label.textContent = name;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Upload of ${name}`);
    const state = document.createElement("span");
    state.className = "quiet";
    state.setAttribute("role", "status");
    item.append(label, bar, state);
    list.append(item);
    list.hidden = false;
    return { item, bar, state };
  }

  function startNext() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      upload(waiting.shift());
    }
    showWaiting();
  }

  function showWaiting() {
    rest.textContent = `${waiting.length} more waiting`;
    if (waiting.length) list.append(rest);
    else rest.remove();
    list.hidden = !list.children.length;
  }

  function upload(file) {
    const item = addItem(file.name);
    const body = new FormData();
    body.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", zone.getAttribute("action"));
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      item.bar.value = event.loaded / event.total;
      item.state.textContent = event.loaded < event.total ? `${Math.floor((100 * event.loaded) / event.total)} %` : "reading";
    });
    request.upload.addEventListener("load", () => { item.state.textContent = "reading"; });
    request.addEventListener("loadend", () => finish(request, file, item));
    request.send(body);
  }

  function finish(request, file, item) {
    running -= 1;
    let answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch (error) {
      // A page instead of JSON: the server refused the whole request.
    }
    const errors = answer ? answer.errors : [explain(request.status)];
    if (errors.length) fail(file, item, errors.join(" "));
    else if (answer.known.length) note(item, "in the list already");
    else item.item.remove();
    startNext();
    refreshSoon();
  }

  function explain(status) {
    if (status === 403) return "You do not have permission to add files here: sign in again, or ask to become an editor.";
    if (status === 413) return "The file is too large for the server.";
    return status ? `Server error (${status}).` : "The connection was lost.";
  }

  function note(item, text) {
    item.bar.remove();
    item.state.textContent = text;
    setTimeout(() => { item.item.remove(); showWaiting(); }, 6000);
  }

  function fail(file, item, text) {
    item.bar.remove();
    item.state.className = "bad-text";
    item.state.textContent = text;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "small";
    again.textContent = "Try again";
    again.addEventListener("click", () => { item.item.remove(); enqueue([file]); });
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "small bare";
    drop.textContent = "Dismiss";
    drop.addEventListener("click", () => { item.item.remove(); showWaiting(); });
    item.item.append(again, drop);
  }

  /* The table: rows are replaced when they have changed, with what is open and what has focus. */

  // Many uploads that end together ask once.
  function refreshSoon() {
    refreshing ||= setTimeout(() => { refreshing = 0; refresh(); }, REFRESH_MS);
  }

  async function refresh() {
    const known = answered;
    const response = await fetch(`${zone.dataset.tableUrl}?${page()}`, { credentials: "same-origin" });
    if (response.ok) show(await response.text(), known, true);
  }

  // The answer knows the first `known` edits: rows edited since stay as they are until their own answer.
  // What is being typed for all files stays, unless the answer is to it.
  function show(html, known, keepsTyped) {
    const next = document.createElement("div");
    next.innerHTML = html;
    const fresh = next.querySelector("[data-files-form]");
    const current = form();
    if (!fresh || !current) {
      area.replaceChildren(...next.childNodes);
    } else {
      merge(current, fresh, known, keepsTyped);
    }
    for (const element of document.querySelectorAll("[data-when-empty]")) element.hidden = Boolean(form());
    follow();
  }

  function merge(current, fresh, known, keepsTyped) {
    const focused = document.activeElement?.id ?? "";
    const table = current.querySelector("table");
    const rows = new Map([...table.tBodies].map((body) => [body.id, body]));
    for (const body of [...fresh.querySelectorAll("tbody")]) {
      const shown = rows.get(body.id);
      rows.delete(body.id);
      if (!shown) table.append(body);
      else if (Number(shown.dataset.edit ?? 0) > known) continue;
      else if (shown.dataset.version !== body.dataset.version || body.querySelector(".bad-text") || shown.querySelector(".bad-text")) replace(shown, body);
    }
    for (const removed of rows.values()) removed.remove();
    const head = current.querySelector('[data-part="head"]');
    const next = fresh.querySelector('[data-part="head"]');
    const [typed, untyped] = [head, next].map((part) => part.querySelector("#cell-of-all"));
    const action = head.contains(document.activeElement) ? document.activeElement.value : null;
    const isTyping = typed && document.activeElement === typed;
    if ((keepsTyped || next.querySelector("[role=alert]")) && typed && untyped) untyped.replaceWith(typed);
    head.replaceWith(next);
    if (isTyping) document.getElementById("cell-of-all")?.focus();
    else if (action !== null) [...next.querySelectorAll("button")].find((button) => button.value === action)?.focus();
    else if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }

  function toggle(body, isOpen) {
    body.querySelector("tr.change")?.classList.toggle("open", isOpen);
    body.querySelector("[data-change]")?.setAttribute("aria-expanded", String(isOpen));
  }

  function replace(shown, body) {
    toggle(body, Boolean(shown.querySelector("tr.change.open")));
    for (const open of shown.querySelectorAll("details[open]")) {
      const same = body.querySelector(`details[data-key="${open.dataset.key}"]`);
      if (same) same.open = true;
    }
    const active = shown.contains(document.activeElement) ? document.activeElement : null;
    const typed = active?.matches("input:not([type=checkbox])") ? active.value : null;
    shown.replaceWith(body);
    if (active && typed !== null) {
      const same = document.getElementById(active.id);
      if (same) same.value = typed;
    }
  }

  /* Files that are still being read are asked for until they are. */

  function follow() {
    clearTimeout(polling);
    if (area.querySelector("[data-reading]")) polling = setTimeout(poll, POLL_MS);
  }

  async function poll() {
    try {
      const response = await fetch(`${zone.dataset.statusUrl}?${page()}`, { credentials: "same-origin" });
      if (response.ok) {
        const { drafts } = await response.json();
        const bodies = [...area.querySelectorAll("tbody[data-version]")];
        if (bodies.some((body) => drafts[body.id] !== body.dataset.version)) {
          await refresh();
          return;
        }
      }
    } catch (error) {
      // The server may be restarting; the next poll tries again.
    }
    follow();
  }

  /* What is entered is kept at once, so that a closed tab loses nothing. */

  function send(action) {
    const data = new FormData(form());
    data.set("action", action);
    const url = form().getAttribute("action");
    const known = edits;
    changes = changes.then(async () => {
      const response = await fetch(url, {
        method: "POST",
        body: data,
        credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRFToken": token() },
      });
      if (response.ok) {
        answered = known;
        show(await response.text(), known, action !== "cell-of-all");
      } else {
        window.location.reload();
      }
    }).catch(() => {
      // The connection was lost: the next change sends all rows again.
    });
    return changes;
  }

  area.addEventListener("change", (event) => {
    if (event.target.id === "cell-of-all" || !form()?.contains(event.target)) return;
    edits += 1;
    event.target.closest("tbody")?.setAttribute("data-edit", edits);
    send("change");
  });
  area.addEventListener("submit", (event) => {
    // Enter in the field of a cell for all files presses its button, not the first of the form.
    const isForAll = document.activeElement?.id === "cell-of-all";
    const action = isForAll ? "cell-of-all" : (event.submitter?.value ?? "change");
    if (action === "save") return;
    event.preventDefault();
    send(action);
  });

  area.addEventListener("click", (event) => {
    if (!event.target.matches("[data-change]")) return;
    const isOpen = event.target.getAttribute("aria-expanded") !== "true";
    toggle(event.target.closest("tbody"), isOpen);
    if (isOpen) event.target.closest("tbody").querySelector("tr.change :is(select, input)")?.focus();
  });

  let lookup = 0;
  area.addEventListener("input", (event) => {
    if (!event.target.matches("[data-cell]")) return;
    clearTimeout(lookup);
    lookup = setTimeout(() => suggestCells(event.target.value), 200);
  });
  area.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) suggestCells(event.target.value);
  });

  async function suggestCells(text) {
    const response = await fetch(`${form().dataset.lookup}?${new URLSearchParams({ q: text })}`, { credentials: "same-origin" });
    if (!response.ok) return;
    const { cells } = await response.json();
    area.querySelector("datalist").replaceChildren(...cells.map((cell) => {
      const option = document.createElement("option");
      option.value = cell.refcode;
      option.label = `${cell.refcode} ${cell.label} (${cell.project})`;
      return option;
    }));
  }

  /* Dropping anywhere on the page */

  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth -= 1;
    if (depth <= 0) zone.classList.remove("over");
  });
  document.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    zone.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    if (entries.some((entry) => entry?.isDirectory)) collect(entries).then(enqueue);
    else enqueue(event.dataTransfer.files);
  });

  // The files of folders that are dropped, without hidden ones.
  async function collect(entries) {
    const files = [];
    const open = entries.filter(Boolean);
    while (open.length && files.length < MOST_FILES) {
      const entry = open.shift();
      if (entry.isFile && !entry.name.startsWith(".")) {
        files.push(await new Promise((resolve, reject) => { entry.file(resolve, reject); }));
      } else if (entry.isDirectory) {
        const reader = entry.createReader();
        let batch = [];
        do {
          batch = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
          open.push(...batch);
        } while (batch.length);
      }
    }
    return files;
  }
  input.addEventListener("change", () => {
    enqueue(input.files);
    input.value = "";
  });
  zone.addEventListener("submit", (event) => {
    event.preventDefault();
    enqueue(input.files);
  });
  window.addEventListener("beforeunload", (event) => {
    if (running || waiting.length) event.preventDefault();
  });

  if (area.children.length) {
    if (form()) follow();
    else refresh();
  }
})();
