/* Cells of a spreadsheet that are pasted in a row of a form: columns go to the fields to the right, lines to the rows
   below; missing rows are added. */
(() => {
  "use strict";
  const MOST_ROWS = 50;

  const rowsOf = (form) => [...form.querySelectorAll("[data-row]")];

  function fieldsOf(row) {
    const fields = [...row.querySelectorAll(".field input:not([type=hidden]), .field select, .field textarea")];
    return fields.filter((field) => !field.closest("details:not([open])"));
  }

  function parse(text) {
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
  }

  function chooseOption(select, text) {
    const wanted = text.toLowerCase();
    const choice = [...select.options].find((option) => [option.value, option.text].some((name) => name.trim().toLowerCase() === wanted));
    if (!choice) return;
    select.value = choice.value;
    for (const name of ["input", "change"]) select.dispatchEvent(new Event(name, { bubbles: true }));
  }

  // As if it were typed, so that Undo takes it back.
  function enter(field, text) {
    if (field.matches("select")) {
      chooseOption(field, text);
      return;
    }
    field.focus();
    field.select();
    const isTyped = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (isTyped || field.value === text) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function fill(form, lines, firstRow, firstColumn) {
    const rows = rowsOf(form).slice(firstRow, firstRow + lines.length);
    rows.forEach((row, index) => {
      const fields = fieldsOf(row).slice(firstColumn);
      lines[index].forEach((text, column) => fields[column] && enter(fields[column], text));
    });
  }

  // The server adds the rows, then the form has their fields.
  function addRows(form, number) {
    return new Promise((resolve) => {
      form.addEventListener("cellar:rows", resolve, { once: true });
      const button = Object.assign(document.createElement("button"), { type: "submit", name: "action", value: `rows:add:${number}`, hidden: true });
      form.append(button);
      form.requestSubmit(button);
      button.remove();
    });
  }

  document.addEventListener("paste", async (event) => {
    const field = event.target.closest?.("form[data-entry] [data-row] input");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const lines = parse(text);
    if (!field || (lines.length === 1 && lines[0].length === 1)) return;
    event.preventDefault();
    const { form } = field;
    const row = rowsOf(form).indexOf(field.closest("[data-row]"));
    const column = fieldsOf(rowsOf(form)[row]).indexOf(field);
    const used = lines.slice(0, MOST_ROWS);
    const missing = row + used.length - rowsOf(form).length;
    if (missing > 0) await addRows(form, missing);
    fill(form, used, row, column);
  });
})();
