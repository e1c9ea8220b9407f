/* Points and the rows of tables that have the same numbers: points that are clicked or framed mark their rows, and a row
   in focus or under the pointer marks its points. Keys of both: refcodes of measurements, numbers of cycles. */
(() => {
  "use strict";
  const figures = new Map();

  const rowsOf = (frame) => [...(document.getElementById(frame.dataset.scope)?.querySelectorAll("tr[data-key]") ?? [])];

  const mark = (frame, keys) => {
    const marked = rowsOf(frame).filter((row) => row.toggleAttribute("data-marked", keys.has(row.dataset.key)));
    const status = frame.querySelector(".selection");
    status.hidden = keys.size === 0;
    const kind = [...keys].every((key) => /^\d+$/.test(key)) ? "Selected cycles" : "Selected";
    status.textContent = keys.size ? `${kind}: ${[...keys].join(", ")}${marked.length ? ", marked in the table" : ""}.` : "";
  };

  const attach = (frame, { Plotly, canvas }) => {
    figures.set(frame, { Plotly, canvas });
    const keysOf = (event) => new Set((event?.points ?? []).map((point) => point.customdata).filter(Boolean));
    canvas.on("plotly_selected", (event) => mark(frame, keysOf(event)));
    canvas.on("plotly_deselect", () => mark(frame, new Set()));
    canvas.on("plotly_click", (event) => mark(frame, keysOf(event)));
  };

  // The points of a row, in all figures that are drawn for its table.
  const show = (row) => {
    for (const [frame, { Plotly, canvas }] of figures) {
      if (!document.getElementById(frame.dataset.scope)?.contains(row)) continue;
      const points = canvas.data.flatMap((trace, curveNumber) => {
        const pointNumber = trace.hoverinfo === "skip" ? -1 : (trace.customdata ?? []).indexOf(row.dataset.key);
        return pointNumber < 0 ? [] : [{ curveNumber, pointNumber }];
      });
      if (points.length) Plotly.Fx.hover(canvas, points);
      else Plotly.Fx.unhover(canvas);
    }
  };
  const hide = () => {
    for (const { Plotly, canvas } of figures.values()) Plotly.Fx.unhover(canvas);
  };

  document.addEventListener("cellar:drawn", (event) => event.target.dataset.scope && attach(event.target, event.detail));
  for (const [start, end] of [["focusin", "focusout"], ["mouseover", "mouseout"]]) {
    document.addEventListener(start, (event) => {
      const row = event.target.closest?.("tr[data-key]");
      if (row && figures.size) show(row);
    });
    document.addEventListener(end, (event) => event.target.closest?.("tr[data-key]") && figures.size && hide());
  }
})();
