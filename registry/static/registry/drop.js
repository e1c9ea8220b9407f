/* Files dropped on a page: uploaded three at a time. Whoever lists them hears `cellar:uploaded` with their keys. */
window.uploads = (() => {
  "use strict";
  const AT_ONCE = 3;
  const IDLE_MS = 100;
  const MOST_FILES = 500;
  const zone = document.querySelector("[data-drop]");
  if (!zone) return null;
  const list = document.querySelector("[data-uploads]");
  const input = zone.querySelector('input[type="file"]');
  const rest = document.createElement("li");
  rest.className = "quiet";
  const waiting = [];
  let running = 0;

  const token = () => document.querySelector('[name="csrfmiddlewaretoken"]').value;

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
    request.open("POST", zone.dataset.uploadUrl);
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
      // A page instead of JSON: the server refused the whole request, or asks to sign in.
    }
    const errors = answer ? answer.errors : [explain(request.status)];
    if (errors.length) fail(file, item, errors.join(" "));
    else if (answer.known.length) note(item, "in the list already");
    else item.item.remove();
    startNext();
    zone.dispatchEvent(new CustomEvent("cellar:uploaded", { bubbles: true, detail: answer?.drafts ?? [] }));
  }

  function explain(status) {
    if (status === 200) return "You are signed out: sign in in another tab, then try again.";
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

  /* Resolves once nothing is being uploaded. */
  async function idle() {
    while (running || waiting.length) await new Promise((resolve) => { setTimeout(resolve, IDLE_MS); });
  }

  return { idle };
})();
