// Shows results when they are there: asks which runs are still to come, and loads the page again when that changes.
const INTERVAL = 2000;
const notice = document.querySelector("[data-follow]");

async function look() {
  try {
    const response = await fetch(notice.dataset.follow, { credentials: "same-origin" });
    if (response.ok) {
      const { pending } = await response.json();
      if (pending.join(" ") !== notice.dataset.pending) {
        window.location.reload();
        return;
      }
    }
  } catch (error) {
    // The server may be starting anew: the next look will tell.
  }
  setTimeout(look, INTERVAL);
}

if (notice) {
  setTimeout(look, INTERVAL);
}
