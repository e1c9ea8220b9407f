/* The drawings of figures for print are loaded when they are needed: with the keys that print, the page waits for all of
   them. From its menu, a browser prints what it could load in the time it waits. */
(() => {
  "use strict";
  const LONGEST_MS = 60000;
  let isPreparing = false;

  const listMissing = () => [...document.querySelectorAll("img.on-paper")].filter((image) => !image.complete || !image.naturalWidth);

  const load = (image) =>
    new Promise((resolve) => {
      image.addEventListener("load", resolve, { once: true });
      image.addEventListener("error", resolve, { once: true });
      image.loading = "eager";
      if (image.complete && image.naturalWidth) resolve();
    });

  const prepare = async (missing) => {
    const status = Object.assign(document.createElement("p"), { className: "notice noprint preparing", role: "status" });
    let number = 0;
    const say = () => (status.textContent = `Preparing figures for printing: ${number} of ${missing.length}`);
    document.body.append(status);
    say();
    const all = missing.map((image) => load(image).then(() => ((number += 1), say())));
    await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, LONGEST_MS))]);
    status.remove();
  };

  document.addEventListener("keydown", async (event) => {
    if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    const missing = listMissing();
    if (!missing.length) return;
    event.preventDefault();
    if (isPreparing) return;
    isPreparing = true;
    await prepare(missing);
    isPreparing = false;
    window.print();
  });
})();
