// Polls the pending imports and runs, and reloads the page when they change.
const INTERVAL_MS = 2000;
const notice = document.querySelector("[data-follow]");
let isEdited = false;

async function poll() {
  try {
    const response = await fetch(notice.dataset.follow, { credentials: "same-origin" });
    if (response.ok) {
      const { pending } = await response.json();
      // A reload would break an upload off.
      const isUploading = document.querySelector("[data-uploads]:not([hidden])");
      if (pending.join(" ") !== notice.dataset.pending && !isUploading) {
        if (isEdited) {
          // A reload would lose unsaved input.
          notice.textContent = notice.dataset.news;
        } else {
          window.location.reload();
        }
        return;
      }
    }
  } catch (error) {
    // The server may be restarting; the next poll tries again.
  }
  setTimeout(poll, INTERVAL_MS);
}

if (notice) {
  for (const form of document.querySelectorAll("form")) {
    for (const kind of ["input", "change"]) {
      form.addEventListener(kind, () => { isEdited = true; });
    }
  }
  setTimeout(poll, INTERVAL_MS);
}
