/* Figures that answer to the pointer, in place of the drawings from the server, which stay for print and without scripts. */
(() => {
  "use strict";
  const script = document.currentScript.dataset;
  const MANY = 4; // Series in a legend that take more than a line or two.
  const margin = { l: 58, r: 16, t: 8, b: 44 };
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

  const layoutOf = (figure, style) => {
    const token = (name) => style.getPropertyValue(name).trim();
    const axis = {
      color: token("--quiet"), gridcolor: token("--line"), linecolor: token("--line-2"), zeroline: false, showline: true,
      mirror: true, ticks: "outside", ticklen: 4, automargin: true, exponentformat: "power", minexponent: 4, title: { standoff: 8 },
    };
    const layout = {
      ...figure.layout, margin, autosize: true, uirevision: "kept", dragmode: "zoom", hovermode: "closest",
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: token("--ink") },
      hoverlabel: { bgcolor: token("--surface"), bordercolor: token("--line-2"), font: { color: token("--ink") } },
      legend: { orientation: "h", yanchor: "bottom", y: 1.01, xanchor: "left", x: 0, bgcolor: "rgba(0,0,0,0)", font: { size: 11 }, itemwidth: 30 },
    };
    for (const name of ["xaxis", "yaxis", "yaxis2"]) {
      const own = figure.layout[name];
      if (own) layout[name] = { ...axis, ...own, title: { ...axis.title, ...own.title }, ...(name === "yaxis2" ? { mirror: false } : {}) };
    }
    if (figure.layout.yaxis2) layout.yaxis.mirror = false;
    return layout;
  };

  class Plot {
    constructor(frame) {
      this.frame = frame;
      this.canvas = frame.querySelector(".canvas");
      this.source = new URL(frame.dataset.figure, location);
      this.tools = frame.querySelector(".tools");
      this.wanted = 0;
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
      const named = figure.layout.showlegend ? figure.data.filter((trace) => trace.showlegend !== false).length : 0;
      box.className = named > MANY ? "canvas drawn many" : "canvas drawn";
      this.canvas.replaceWith(box);
      this.canvas = box;
      const view = this.viewOfAddress();
      await this.draw(view);
      this.tools.hidden = false;
      box.on("plotly_relayout", (change) => this.follow(change));
      this.tools.addEventListener("click", (event) => this.answer(event));
      for (const button of this.tools.querySelectorAll("[data-log]")) button.setAttribute("aria-pressed", String(this.isLog()));
      if (view) this.frame.scrollIntoView({ block: "center" });
    }

    draw(view) {
      const style = colours();
      const layout = layoutOf(this.figure, style);
      if (view) Object.assign(layout.xaxis, { range: view.x, autorange: false });
      if (view?.y) Object.assign(layout.yaxis, { range: view.y, autorange: false });
      if (this.logged !== undefined) layout.yaxis.type = this.logged ? "log" : "linear";
      const config = { responsive: true, displaylogo: false, scrollZoom: false, modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d"] };
      return this.Plotly.react(this.canvas, resolve(this.figure.data, style), layout, config);
    }

    isLog() {
      return this.canvas.layout.yaxis.type === "log";
    }

    // A window of a curve with more points than are drawn is fetched with its own points.
    async follow(change) {
      const whole = change["xaxis.autorange"];
      if (!whole && change["xaxis.range[0]"] === undefined && !change["xaxis.range"]) return;
      if (!this.figure.decimated && !this.narrowed) return;
      const wanted = (this.wanted += 1);
      const range = this.canvas.layout.xaxis.range.map((end) => (this.canvas.layout.xaxis.type === "log" ? 10 ** end : end));
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
      if (parameters.has("log")) this.logged = parameters.get("log") === "1";
      return { x: range("x"), y: range("y") };
    }

    async answer(event) {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.log) {
        this.logged = !this.isLog();
        button.setAttribute("aria-pressed", String(this.logged));
        await this.Plotly.relayout(this.canvas, { "yaxis.type": this.logged ? "log" : "linear", "yaxis.autorange": true });
      } else if (button.dataset.save === "link") {
        const { xaxis, yaxis } = this.canvas.layout;
        const parameters = new URLSearchParams({ plot: this.source.pathname, x: xaxis.range.join(), y: yaxis.range.join(), log: this.isLog() ? "1" : "0" });
        await navigator.clipboard.writeText(`${location.origin}${location.pathname}${location.search}#${parameters}`);
        button.textContent = "Copied";
      } else if (button.dataset.save) {
        const name = this.frame.querySelector("h2, h3, h4").textContent.trim();
        await this.save(button.dataset.save, name);
      }
    }

    // Black on white at 300 dpi and 17 cm, whatever the page looks like.
    async save(format, name) {
      const light = this.canvas.layout;
      const print = { font: { ...light.font, color: "#000" }, paper_bgcolor: "#fff", plot_bgcolor: "#fff" };
      for (const axis of ["xaxis", "yaxis", "yaxis2"]) if (light[axis]) print[axis] = { ...light[axis], color: "#000", linecolor: "#000", gridcolor: "#e4e4e4" };
      const figure = { data: this.canvas.data, layout: { ...light, ...print, title: undefined } };
      await this.Plotly.downloadImage(figure, { format, filename: name, width: 670, height: 450, scale: format === "png" ? 3 : 1 });
    }
  }

  const plots = new Map();
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
