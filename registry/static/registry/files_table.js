/* The table of files to confirm: refreshed after uploads and while files are read; what is entered is kept at once. */
(() => {
  "use strict";
  const POLL_MS = 1500;
  const REFRESH_MS = 400;
  const zone = document.querySelector("[data-drop]");
  const area = document.querySelector("[data-files]");
  if (!area) return;
  let polling = 0;
  let refreshing = 0;
  let changes = Promise.resolve();
  let edits = 0;
  let answered = 0;

  const token = () => document.querySelector('[name="csrfmiddlewaretoken"]').value;
  const page = () => new URLSearchParams({ page_cell: zone.dataset.pageCell });
  const form = () => area.querySelector("[data-files-form]");

  /* Rows are replaced when they have changed, with what is open and what has focus. */

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
    const focus = area.contains(document.activeElement) ? placeOf(document.activeElement) : null;
    if (!fresh || !current) {
      area.replaceChildren(...next.childNodes);
    } else {
      merge(current, fresh, known, keepsTyped);
    }
    if (focus && document.activeElement === document.body) restore(focus);
    for (const element of document.querySelectorAll("[data-when-empty]")) element.hidden = Boolean(form());
    follow();
  }

  /* A button that is gone with its row, or from it, leaves the focus there or on the next row. */
  function placeOf(element) {
    const body = element.closest("tbody");
    const rows = [body, body?.nextElementSibling, body?.previousElementSibling];
    return { value: element.value, rows: rows.filter((row) => row?.matches("tbody[id]")).map((row) => row.id) };
  }

  function restore({ value, rows }) {
    const row = rows.map((id) => document.getElementById(id)).find(Boolean);
    const buttons = [...(row?.querySelectorAll("button") ?? [])];
    const same = buttons.find((button) => button.value === value) ?? row?.querySelector(".actions button");
    (same ?? document.getElementById("drop-files")).focus();
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

  document.addEventListener("cellar:uploaded", refreshSoon);

  if (area.children.length) {
    if (form()) follow();
    else refresh();
  }
})();
