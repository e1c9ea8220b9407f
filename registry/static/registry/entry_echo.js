/* Shows in the form of a record what the server understood: below each field, and the fields to fix in the dock. */
window.entryEcho = (() => {
  "use strict";
  const FIRST_PROBLEMS = 3;

  function showEcho(id, [text, state, remedies = []]) {
    const field = document.getElementById(id);
    const echo = document.getElementById(`${id}-echo`);
    if (!field || !echo) return;
    if (echo.textContent !== text) echo.textContent = text;
    echo.className = `echo ${state}`.trim();
    if (state === "bad") field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    // The names to choose from below a material stay until one is chosen or another is typed.
    if (!field.matches("[data-combobox]")) window.showRemedies(id, remedies);
  }

  // The batches are those of the material, the set-ups those of the project; what was chosen stays if it is still there.
  function showChoices(id, choices) {
    const select = document.getElementById(id);
    if (!select) return;
    const present = [...select.options].map((item) => item.value).join(" ");
    if (present === choices.map(([value]) => value).join(" ")) return;
    const chosen = select.value;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
    if (choices.some(([value]) => value === chosen)) select.value = chosen;
  }

  function problemLink([id, label], index) {
    const link = document.createElement(id ? "a" : "span");
    if (id) link.href = `#${id}`;
    link.textContent = label || "see the message above";
    return [index ? ", " : "", link];
  }

  function showProblems(form, problems) {
    const target = form.querySelector("[data-problems]");
    const wasOpen = target.querySelector("details")?.open ?? false;
    target.replaceChildren();
    if (!problems.length) return;
    // The number leads to the first field; on a phone it stands alone.
    const [number] = problemLink([problems[0][0], `${problems.length} field${problems.length === 1 ? "" : "s"} to fix`], 0).slice(1);
    const links = document.createElement("span");
    links.className = "links";
    links.append(": ", ...problems.slice(0, FIRST_PROBLEMS).flatMap(problemLink));
    target.append(number, links);
    if (problems.length <= FIRST_PROBLEMS) return;
    const more = document.createElement("details");
    more.className = "inline";
    more.open = wasOpen;
    const summary = document.createElement("summary");
    summary.textContent = `and ${problems.length - FIRST_PROBLEMS} more`;
    more.append(summary, ...problems.slice(FIRST_PROBLEMS).flatMap(problemLink));
    links.append(" ", more);
  }

  return { showEcho, showChoices, showProblems };
})();
