// Shows results when they are there: asks what is still to come, and loads the page again when that changes.
const INTERVAL = 2000;
const notice = document.querySelector("[data-follow]");
let isEdited = false;

async function look() {
  try {
    const response = await fetch(notice.dataset.follow, { credentials: "same-origin" });
    if (response.ok) {
      const { pending } = await response.json();
      if (pending.join(" ") !== notice.dataset.pending) {
        if (isEdited) {
          // What is being typed would be lost.
          notice.textContent = notice.dataset.news;
        } else {
          window.location.reload();
        }
        return;
      }
    }
  } catch (error) {
    // The server may be starting anew: the next look will tell.
  }
  setTimeout(look, INTERVAL);
}

if (notice) {
  for (const form of document.querySelectorAll("form")) {
    for (const kind of ["input", "change"]) {
      form.addEventListener(kind, () => { isEdited = true; });
    }
  }
  setTimeout(look, INTERVAL);
}
