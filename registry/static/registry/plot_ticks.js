/* Ticks of a log axis, as in the drawings of the server: powers of ten; on few decades 1, 2 and 5 of each; within one
   decade round numbers. */
(() => {
  "use strict";
  const NEEDED = 3; // Labels from which the scale can be read.
  const WIDTH = 7.5, DISTANCE = 26, DISTANCE_ACROSS = 50; // Of a character, and of labels up and across, in pixels.

  const raised = (power) => [...String(power)].map((letter) => (letter === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[letter])).join("");

  const powerTicks = (low, high, most) => {
    const [first, last] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
    const powers = Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
    const stride = Math.max(1, Math.ceil(powers.length / most));
    if (powers.length >= NEEDED) return powers.filter((power) => power % stride === 0).map((power) => [1, power]);
    const spread = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, index) => Math.floor(low) + index);
    return spread.flatMap((power) => [1, 2, 5].map((factor) => [factor, power])).filter(([factor, power]) => low <= Math.log10(factor) + power && Math.log10(factor) + power <= high);
  };

  const labelPowers = (ticks) => {
    const isPlain = ticks.every(([, power]) => power >= -3 && power <= 4);
    return ticks.map(([factor, power]) => {
      const number = Number(`${factor}e${power}`);
      return [number, isPlain ? String(number) : `${factor === 1 ? "" : `${factor}×`}10${raised(power)}`];
    });
  };

  const roundTicks = (low, high, most) => {
    const rough = (10 ** high - 10 ** low) / most;
    const power = Math.floor(Math.log10(rough));
    const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * 10 ** power >= rough * 0.999);
    const step = factor * 10 ** power;
    const exponent = high >= 5 || high < -4 ? 3 * Math.floor(high / 3) : 0;
    const decimals = Math.max(0, exponent - power + (factor === 2.5 ? 1 : 0) - (factor === 10 ? 1 : 0));
    const ticks = [];
    for (let index = Math.ceil(10 ** low / step - 1e-9); index * step <= 10 ** high * (1 + 1e-12); index += 1) {
      ticks.push([index * step, `${((index * step) / 10 ** exponent).toFixed(decimals)}${exponent ? `×10${raised(exponent)}` : ""}`]);
    }
    return ticks;
  };

  // `range` is of exponents of ten; labels that would run into the one before are left out.
  window.logTicks = (range, pixels, isAcross) => {
    const [low, high] = [Math.min(...range), Math.max(...range)];
    const most = Math.max(2, Math.floor(pixels / (isAcross ? DISTANCE_ACROSS : DISTANCE)));
    const powers = powerTicks(low, high, most);
    const candidates = powers.length >= NEEDED ? labelPowers(powers) : roundTicks(low, high, Math.min(most, 7));
    const kept = [];
    let end = -Infinity;
    for (const [number, label] of candidates) {
      const middle = ((Math.log10(number) - low) / (high - low)) * pixels;
      const half = isAcross ? (label.length * WIDTH) / 2 : DISTANCE / 4;
      if (middle - half < end) continue;
      kept.push([number, label]);
      end = middle + half;
    }
    return { tickvals: kept.map(([number]) => number), ticktext: kept.map(([, label]) => label) };
  };
})();
