/* Figures that answer to the pointer, in place of the drawings from the server, which are for print and without scripts. */
(() => {
  "use strict";
  const script = document.currentScript.dataset;
  const margin = { l: 58, r: 16, t: 8, b: 44 };
  const SCALED = { x: "xaxis", y: "yaxis" };
  const SVG = "http://www.w3.org/2000/svg";
  const AXES = ["xaxis", "yaxis", "yaxis2"];
  let loading;

  const loadPlotly = () =>
    (loading ??= new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = script.plotly;
      element.onload = () => resolve(window.Plotly);
      element.onerror = () => reject(new Error("plotly could not be loaded"));
      document.head.append(element);
    }));

  // Colours are names of custom properties, of which some have an opacity: "--p1 / 0.18".
  const colours = () => getComputedStyle(document.documentElement);
  const resolve = (value, style) => {
    if (Array.isArray(value)) return value.length && typeof value[0] === "object" ? value.map((item) => resolve(item, style)) : value;
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, style)]));
    if (typeof value !== "string" || !value.startsWith("--")) return value;
    const [name, opacity] = value.split(" / ");
    const colour = style.getPropertyValue(name).trim();
    return opacity ? `${colour}${Math.round(255 * opacity).toString(16).padStart(2, "0")}` : colour;
  };

  const layoutOf = (figure, style, source) => {
    const token = (name) => style.getPropertyValue(name).trim();
    const axis = {
      color: token("--quiet"), gridcolor: token("--line"), linecolor: token("--line-2"), zeroline: false, showline: true,
      mirror: true, ticks: "outside", ticklen: 4, automargin: true, exponentformat: "power", minexponent: 4, title: { standoff: 8, font: { size: 13 } },
    };
    const layout = {
      ...figure.layout, margin, autosize: true, uirevision: source, dragmode: "zoom", hovermode: "closest",
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: token("--ink") },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: token("--quiet"), activecolor: token("--accent") },
      hoverlabel: { bgcolor: token("--surface"), bordercolor: token("--line-2"), font: { color: token("--ink") }, align: "left", namelength: -1 },
      showlegend: false,
      legend: { orientation: "h", yanchor: "bottom", y: 1.01, xanchor: "left", x: 0, bgcolor: "rgba(0,0,0,0)", font: { size: 11 }, itemwidth: 42, tracegroupgap: 0 },
    };
    const isOverlaid = Boolean(figure.layout.yaxis2?.overlaying);
    for (const name of AXES) {
      // A copy, since plotly writes into what it is given.
      const own = structuredClone(figure.layout[name]);
      if (own) layout[name] = { ...axis, ...own, title: { ...axis.title, ...own.title }, mirror: own.mirror ?? !(isOverlaid && name !== "xaxis") };
    }
    return layout;
  };

  const inBlack = (data, layout, showlegend) => {
    const print = { showlegend, font: { ...layout.font, color: "#000" }, paper_bgcolor: "#fff", plot_bgcolor: "#fff" };
    for (const axis of AXES) if (layout[axis]) print[axis] = { ...layout[axis], color: "#000", linecolor: "#000", gridcolor: "#e4e4e4" };
    return { data, layout: { ...layout, ...print, title: undefined } };
  };

  // As in the legends of drawings.
  const swatch = ({ mode, meta }) => {
    const svg = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ viewBox: "0 0 36 8", width: 36, height: 8, "aria-hidden": true })) svg.setAttribute(name, value);
    for (const [kind, d] of [["line", "M0 4h36"], ["key", "M18 4h0"]]) {
      if (!(kind === "line" ? mode?.includes("lines") : !mode || mode.includes("markers"))) continue;
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", `${kind} ${meta}`);
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  };

  class Plot {
    constructor(frame) {
      this.frame = frame;
      this.canvas = frame.querySelector(".canvas");
      this.source = new URL(frame.dataset.figure, location);
      this.tools = frame.querySelector(".tools");
      this.wanted = 0;
      this.scales = {};
      this.hidden = new Set();
    }

    async fetch(window_) {
      const address = new URL(this.source);
      if (window_) {
        address.searchParams.set("from", window_[0]);
        address.searchParams.set("to", window_[1]);
      }
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`${address.pathname}: ${response.status}`);
      return response.json();
    }

    async start() {
      const [Plotly, figure] = await Promise.all([loadPlotly(), this.fetch()]);
      this.Plotly = Plotly;
      this.figure = figure;
      const box = document.createElement("div");
      box.className = "canvas drawn";
      // The drawing from the server stays for print.
      this.paper = this.canvas;
      this.paper.after(box);
      this.paper.classList.add("paper");
      this.canvas = box;
      this.legend = Object.assign(document.createElement("ul"), { className: "legend noprint" });
      box.before(this.legend);
      this.legend.addEventListener("click", (event) => this.toggle(event.target.closest("button")));
      this.describe();
      const view = this.viewOfAddress();
      await this.draw(view);
      this.tools.hidden = false;
      this.frame.dispatchEvent(new CustomEvent("cellar:drawn", { bubbles: true, detail: { Plotly, canvas: box } }));
      box.on("plotly_relayout", (change) => {
        this.label();
        this.follow(change);
      });
      box.on("plotly_doubleclick", () => this.zoomOut());
      this.tools.addEventListener("click", (event) => this.answer(event));
      this.showScales();
      if (view) this.frame.scrollIntoView({ block: "center" });
    }

    async draw(view) {
      const style = colours();
      const layout = layoutOf(this.figure, style, this.source.search);
      if (view) Object.assign(layout.xaxis, { range: view.x, autorange: false });
      if (view?.y) Object.assign(layout.yaxis, { range: view.y, autorange: false });
      for (const [name, type] of Object.entries(this.scales)) {
        // The range is of the other scale.
        if (layout[SCALED[name]].type !== type) Object.assign(layout[SCALED[name]], { type, ...(view?.[name] ? {} : { range: undefined, autorange: true }) });
      }
      const data = this.figure.data.map((trace) => ({ ...trace, visible: !this.hidden.has(trace.legendgroup) }));
      this.list();
      const config = { responsive: true, displaylogo: false, scrollZoom: false, doubleClick: false, showTips: false, modeBarButtonsToRemove: ["toImage", "lasso2d", "autoScale2d", ...(this.frame.dataset.scope ? [] : ["select2d"])] };
      await this.Plotly.react(this.canvas, resolve(data, style), layout, config);
      if (!view) this.opened ??= structuredClone(this.ranges());
      await this.label();
    }

    // The ticks of log axes, for the range that is shown.
    async label() {
      const update = {};
      for (const name of AXES) {
        const axis = this.canvas._fullLayout[name];
        if (!axis) continue;
        const ticks = axis.type === "log" ? window.logTicks(axis.range, axis._length, name === "xaxis") : { tickvals: [], ticktext: [] };
        if (String(this.canvas.layout[name].ticktext ?? []) === String(ticks.ticktext)) continue;
        update[`${name}.tickmode`] = axis.type === "log" ? "array" : "auto";
        for (const [key, value] of Object.entries(ticks)) update[`${name}.${key}`] = value;
      }
      if (Object.keys(update).length) await this.Plotly.relayout(this.canvas, update);
    }

    // The names of the series; each hides and shows its own. What neighbours have in common is said once.
    list() {
      const named = this.figure.layout.showlegend ? this.figure.data.filter((trace) => trace.showlegend !== false) : [];
      const items = [];
      let last = null;
      for (const trace of named) {
        const end = trace.name.lastIndexOf(", ");
        const common = end < 0 ? null : trace.name.slice(0, end);
        if (common === null || common !== last) items.push({ common, traces: [] });
        items.at(-1).traces.push(trace);
        last = common;
      }
      this.legend.replaceChildren(...items.map(({ common, traces }) => {
        const item = document.createElement("li");
        const isShared = traces.length > 1;
        if (isShared) item.append(Object.assign(document.createElement("span"), { textContent: common }));
        item.append(...traces.map((trace) => this.entry(trace, isShared ? trace.name.slice(common.length + 2) : trace.name)));
        return item;
      }));
    }

    entry(trace, text) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "bare", ariaLabel: trace.name });
      button.dataset.group = trace.legendgroup;
      button.setAttribute("aria-pressed", String(!this.hidden.has(trace.legendgroup)));
      button.append(swatch(trace), text);
      return button;
    }

    async toggle(button) {
      if (!button) return;
      const { group } = button.dataset;
      const isShown = this.hidden.delete(group);
      if (!isShown) this.hidden.add(group);
      button.setAttribute("aria-pressed", String(isShown));
      const traces = this.figure.data.flatMap((trace, index) => (trace.legendgroup === group ? [index] : []));
      await this.Plotly.restyle(this.canvas, { visible: isShown }, traces);
    }

    isLog(name) {
      return this.canvas.layout[SCALED[name]].type === "log";
    }

    // Equal axes stay linear, and so does one without a number above zero.
    canBeLog(name) {
      const isEqual = Object.values(SCALED).some((axis) => this.figure.layout[axis].scaleanchor);
      const isPositive = (numbers) => Array.from(numbers ?? []).some((number) => number > 0);
      return this.isLog(name) || (!isEqual && this.canvas.data.some((trace) => trace.type !== "heatmap" && isPositive(trace[name])));
    }

    // A window of a curve with more points than are drawn is fetched with its own points.
    async follow(change) {
      const whole = change["xaxis.autorange"];
      if (!whole && change["xaxis.range[0]"] === undefined && !change["xaxis.range"]) return;
      if (!this.figure.decimated && !this.narrowed) return;
      const wanted = (this.wanted += 1);
      const range = this.canvas.layout.xaxis.range.map((end) => (this.isLog("x") ? 10 ** end : end));
      const figure = await this.fetch(whole ? undefined : [Math.min(...range), Math.max(...range)]);
      if (wanted !== this.wanted) return;
      this.narrowed = !whole;
      this.figure = figure;
      const layout = this.canvas.layout;
      await this.draw(whole ? undefined : { x: layout.xaxis.range, y: layout.yaxis.autorange ? undefined : layout.yaxis.range });
    }

    viewOfAddress() {
      const parameters = new URLSearchParams(location.hash.slice(1));
      if (parameters.get("plot") !== this.source.pathname) return undefined;
      const range = (name) => parameters.get(name)?.split(",").map(Number);
      for (const name of Object.keys(SCALED)) if (parameters.has("log")) this.scales[name] = parameters.get("log").includes(name) ? "log" : "linear";
      return { x: range("x"), y: range("y") };
    }

    // Other axes: another figure at the same place; the address of the page says which.
    async choose(form) {
      const fields = new FormData(form);
      for (const [name, value] of fields) if (name !== "plot") this.source.searchParams.set(name, value);
      this.scales = {};
      this.hidden.clear();
      const choices = await this.refresh();
      if (!choices) return;
      for (const [name, value] of Object.entries(choices)) {
        this.source.searchParams.set(name, value);
        fields.set(name, value);
        if (form.elements[name]) form.elements[name].value = value;
      }
      this.tools.querySelector("a[href*='.csv']").search = this.source.search;
      const address = new URLSearchParams(location.search);
      for (const [name, value] of fields) address.set(name, value);
      history.replaceState(null, "", `?${address}#${form.getAttribute("action").slice(1)}`);
    }

    // The figure as it is now; returns its choices, or nothing if it was asked for again meanwhile.
    async refresh() {
      const wanted = (this.wanted += 1);
      const figure = await this.fetch();
      if (wanted !== this.wanted) return undefined;
      this.figure = figure;
      this.narrowed = false;
      this.opened = undefined;
      this.renewPaper();
      this.describe();
      await this.draw();
      this.showScales();
      return figure.choices;
    }

    // The drawing for print, of the figure as it is now.
    renewPaper() {
      const image = Object.assign(new Image(), { className: "on-paper", loading: "lazy", alt: this.figure.title ?? "" });
      image.src = this.source.pathname.replace(/\.json$/, ".svg") + this.source.search;
      this.paper.replaceChildren(image);
    }

    // What is drawn, where the page has a choice.
    describe() {
      const { title, remark } = this.figure;
      if (title) (this.frame.querySelector("h4 > a") ?? this.frame.querySelector("h4"))?.replaceChildren(title);
      const caption = this.frame.querySelector(".remark-of-plot");
      if (caption && (title || !caption.textContent)) caption.replaceChildren(remark ?? "");
    }

    showScales() {
      for (const button of this.tools.querySelectorAll("[data-log]")) {
        button.setAttribute("aria-pressed", String(this.isLog(button.dataset.log)));
        button.hidden = !this.canBeLog(button.dataset.log);
      }
    }

    // The range with which an axis opens, on the scale that is shown: that of the figure, or one around all points.
    openRange(name) {
      const { type = "linear", range } = this.figure.layout[name];
      const shown = this.canvas.layout[name].type ?? "linear";
      const changed = shown === "log" ? range?.map(Math.log10) : range?.map((end) => 10 ** end);
      const own = type === shown ? range : changed;
      if (own?.every(Number.isFinite)) return { [`${name}.range`]: [...own], [`${name}.autorange`]: false };
      return this.wholeRange(name);
    }

    wholeRange(name) {
      const { range, autorange } = this.figure.layout[name];
      return { [`${name}.autorange`]: autorange || (range?.[0] > range?.[1] ? "reversed" : true) };
    }

    ranges() {
      return AXES.map((name) => this.canvas._fullLayout[name]?.range).filter(Boolean);
    }

    // Whether the plot is as it opened; equal axes shift a little when they are set.
    isAsOpened() {
      const isNear = (end, other, [low, high]) => Math.abs(end - other) < 0.05 * Math.abs(high - low);
      return this.ranges().every((range, axis) => range.every((end, index) => isNear(end, this.opened?.[axis]?.[index], range)));
    }

    // Back to the view with which the plot opened, and from there to all points.
    async zoomOut() {
      const range = this.isAsOpened() ? (name) => this.wholeRange(name) : (name) => this.openRange(name);
      const names = AXES.filter((name) => this.figure.layout[name]);
      await this.Plotly.relayout(this.canvas, Object.assign({}, ...names.map(range)));
    }

    async answer(event) {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.log) {
        const name = button.dataset.log;
        this.scales[name] = this.isLog(name) ? "linear" : "log";
        button.setAttribute("aria-pressed", String(this.scales[name] === "log"));
        const axis = SCALED[name];
        await this.Plotly.relayout(this.canvas, { [`${axis}.type`]: this.scales[name] });
        await this.Plotly.relayout(this.canvas, this.openRange(axis));
        this.opened = structuredClone(this.ranges());
      } else if (button.dataset.save === "link") {
        const { xaxis, yaxis } = this.canvas.layout;
        const parameters = new URLSearchParams({ plot: this.source.pathname, x: xaxis.range.join(), y: yaxis.range.join(), log: Object.keys(SCALED).filter((name) => this.isLog(name)).join("") });
        await navigator.clipboard.writeText(`${location.origin}${location.pathname}${location.search}#${parameters}`);
        button.textContent = "Copied";
      } else if (button.dataset.save) {
        const name = this.frame.querySelector("h2, h3, h4").textContent.trim();
        await this.save(button.dataset.save, name);
      }
    }

    // Black on white at 300 dpi and 17 cm, whatever the page looks like.
    async save(format, name) {
      const figure = inBlack(this.canvas.data, this.canvas.layout, this.figure.layout.showlegend);
      await this.Plotly.downloadImage(figure, { format, filename: name, width: 670, height: 450, scale: format === "png" ? 3 : 1 });
    }
  }

  const plots = new Map();
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.axes");
    const plot = form && plots.get(form.closest("figure"));
    if (plot?.figure) plot.choose(form).catch((error) => console.warn(error.message));
    else form?.requestSubmit();
  });
  document.addEventListener("cellar:stale", (event) => plots.get(event.target)?.refresh().catch((error) => console.warn(error.message)));
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || plots.has(target)) continue;
        observer.unobserve(target);
        const plot = new Plot(target);
        plots.set(target, plot);
        plot.start().catch((error) => console.warn(error.message));
      }
    },
    { rootMargin: "300px" },
  );
  const observe = (root) => root.querySelectorAll("figure.plot[data-figure]").forEach((frame) => observer.observe(frame));
  observe(document);
  document.addEventListener("cellar:changed", (event) => observe(event.target));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const plot of plots.values()) if (plot.figure) plot.draw();
  });
})();
