"use strict";

const SVG = "http://www.w3.org/2000/svg";
const MINUTE = 60e3;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SHORTEST = 20 * MINUTE; // that is shown at once
const STEPS = [5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10080].map((each) => each * MINUTE);
const MARGIN = { left: 34, right: 2, top: 6, bottom: 38 }; // around the plot, px
const THINNEST = 1.5; // px, of an arc without its outline

const find = (id) => document.getElementById(id);
const data = JSON.parse(find("data").textContent);
const plot = find("plot");
const [first, last] = data.days;
const view = { from: first, to: last };
let size = { width: 0, height: 0 };

// Making elements

function element(name, attributes = {}, parent = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

function words(text, attributes, parent) {
  element("text", attributes, parent).textContent = text;
}

// Where times and frequencies are

const inner = () => size.width - MARGIN.left - MARGIN.right;
const x = (time) => MARGIN.left + ((time - view.from) / (view.to - view.from)) * inner();
const timeAt = (place) => view.from + ((place - MARGIN.left) / inner()) * (view.to - view.from);
const bottom = () => size.height - MARGIN.bottom;

function y(mhz) {
  const [low, high] = data.band;
  return bottom() - ((mhz - low) / (high - low)) * (bottom() - MARGIN.top);
}

function show(from, to) {
  const length = Math.min(Math.max(to - from, SHORTEST), last - first);
  view.from = Math.min(Math.max(from, first), last - length);
  view.to = view.from + length;
  requestAnimationFrame(draw);
}

function zoom(factor, middle = (view.from + view.to) / 2) {
  show(middle - (middle - view.from) * factor, middle + (view.to - middle) * factor);
}

function move(part) {
  const way = part * (view.to - view.from);
  show(view.from + way, view.to + way);
}

// The scene behind the windows

const back = element("g", { "aria-hidden": "true" }, plot);
const arcs = element("g", {}, plot);
const front = element("g", { "aria-hidden": "true" }, plot);

function draw() {
  size = { width: plot.clientWidth, height: plot.clientHeight };
  if (inner() <= 0) return; // not laid out yet
  plot.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  back.replaceChildren();
  front.replaceChildren();
  for (const [rise, fall] of data.up) span("up", rise, fall, MARGIN.top, bottom() - MARGIN.top);
  for (const [start, end] of data.missing) span("gap", start, end, MARGIN.top, 4);
  drawFrequencies();
  data.windows.forEach((each, index) => drawArc(marks[index], each));
  drawMargins();
  drawTimes();
  drawNow();
  const whole = view.from === first && view.to === last;
  find("all").setAttribute("aria-pressed", whole);
  find("day").setAttribute("aria-pressed", !whole && view.to - view.from === Math.min(DAY, last - first));
}

function span(kind, start, end, top, height) {
  const [from, to] = [Math.max(start, view.from), Math.min(end, view.to)];
  if (from < to) element("rect", { class: kind, x: x(from), y: top, width: x(to) - x(from), height }, back);
}

function drawMargins() {
  const { width, height } = size;
  const margin = { class: "margin" };
  element("rect", { ...margin, x: 0, y: 0, width: MARGIN.left, height }, front);
  element("rect", { ...margin, x: width - MARGIN.right, y: 0, width: MARGIN.right, height }, front);
  element("rect", { ...margin, x: 0, y: 0, width, height: MARGIN.top }, front);
  element("rect", { ...margin, x: 0, y: bottom(), width, height: MARGIN.bottom }, front);
  for (const mhz of frequencies()) {
    words(mhz, { x: MARGIN.left - 5, y: y(mhz) + 4, "text-anchor": "end" }, front);
  }
  words("MHz", { x: 0, y: height - 8 }, front);
}

function frequencies() {
  const [low, high] = data.band;
  const step = [1, 2, 5, 10, 20, 50].find((each) => Math.abs(y(each) - y(0)) > 28) ?? 100;
  const count = Math.floor(high / step) - Math.ceil(low / step) + 1;
  return Array.from({ length: count }, (_, number) => (Math.ceil(low / step) + number) * step);
}

function drawFrequencies() {
  for (const mhz of frequencies()) {
    const ends = { x1: MARGIN.left, x2: size.width - MARGIN.right, y1: y(mhz), y2: y(mhz) };
    element("line", { class: "grid", ...ends }, back);
  }
}

function drawTimes() {
  const step = STEPS.find((each) => (each / (view.to - view.from)) * inner() > 58) ?? 14 * DAY;
  for (let time = Math.ceil(view.from / step) * step; time <= view.to; time += step) {
    const place = x(time);
    element("line", { class: "grid", x1: place, x2: place, y1: MARGIN.top, y2: bottom() + 4 }, back);
    const edge = place < MARGIN.left + 16 ? "start" : place > size.width - 18 ? "end" : "middle";
    const at = { x: place, "text-anchor": edge };
    if (step < DAY) words(clock(time), { ...at, y: bottom() + 17 }, front);
    if (step >= DAY || time % DAY === 0) words(date(time), { ...at, y: bottom() + 32 }, front);
  }
}

function drawNow() {
  const now = Date.now();
  if (view.from < now && now < view.to) {
    element("line", { class: "now", x1: x(now), x2: x(now), y1: MARGIN.top, y2: bottom() }, front);
  }
}

const clock = (time) => new Date(time).toISOString().slice(11, 16);
const date = (time) =>
  new Date(time).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", timeZone: "UTC" });

// The windows

const endOf = ({ start, shape }) => start + shape.at(-1)[0] * 1000;

const marks = data.windows.map((each, index) => {
  const mark = element("g", { class: "arc", role: "img", tabindex: index ? -1 : 0 }, arcs);
  const row = find(each.row);
  mark.setAttribute("aria-label", facts(row).map((fact) => fact.join(": ")).join(", "));
  element("path", { class: "edge" }, mark);
  element("path", { class: "shape", fill: each.colour, stroke: each.colour }, mark);
  element("path", { class: "reach" }, mark);
  mark.addEventListener("pointerenter", () => tell(mark, row));
  mark.addEventListener("focus", () => {
    reveal(each);
    tell(mark, row);
  });
  return mark;
});

function drawArc(mark, { start, shape }) {
  const up = [];
  const down = [];
  for (const [seconds, low, high] of shape) {
    const place = x(start + seconds * 1000).toFixed(1);
    const spare = Math.max(0, THINNEST - (y(low) - y(high))) / 2;
    up.push(`${place} ${(y(high) - spare).toFixed(1)}`);
    down.unshift(`${place} ${(y(low) + spare).toFixed(1)}`);
  }
  for (const path of mark.children) path.setAttribute("d", `M${[...up, ...down].join("L")}Z`);
}

function facts(row) {
  const heads = row.closest("table").tHead.rows[0].cells;
  const told = [...row.cells].flatMap((cell, index) => named(heads[index], cell));
  const text = (each) => each.replace(/\s+/g, " ").trim();
  return [["Day", row.closest("tbody").rows[0].textContent], ...told].map((fact) => fact.map(text));
}

// What a cell says, by its column; the time on the observatory's clock is a fact of its own.
function named(head, cell) {
  const [pair, local] = [[], []];
  for (const each of [head, cell].map((one) => one.cloneNode(true))) {
    const clock = each.querySelector(".clock");
    if (clock) local.push(clock.textContent);
    clock?.remove();
    pair.push(each.textContent);
  }
  return local.length === 2 ? [pair, local] : [pair];
}

function tell(mark, row) {
  for (const each of document.querySelectorAll(".told")) each.classList.remove("told");
  for (const each of [mark, row]) each.classList.add("told");
  find("told").replaceChildren(
    ...facts(row).map((fact) => {
      const pair = document.createElement("div");
      ["dt", "dd"].forEach((name, index) => {
        pair.append(Object.assign(document.createElement(name), { textContent: fact[index] }));
      });
      return pair;
    }),
  );
}

function reveal(each) {
  if (endOf(each) < view.from || each.start > view.to) {
    const middle = (each.start + endOf(each)) / 2;
    const half = (view.to - view.from) / 2;
    show(middle - half, middle + half);
  }
}

// Keys, pointers and buttons

plot.addEventListener("keydown", (event) => {
  const at = marks.indexOf(document.activeElement);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: marks.length - 1 }[event.key];
  if (event.key === "+") zoom(1 / 2);
  else if (event.key === "-") zoom(2);
  else if (next in marks) {
    for (const mark of marks) mark.setAttribute("tabindex", -1);
    marks[next].setAttribute("tabindex", 0);
    marks[next].focus();
  } else return;
  event.preventDefault();
});

const pointers = new Map();

function grip() {
  const places = [...pointers.values()];
  const [low, high] = [Math.min(...places), Math.max(...places)];
  return { middle: (low + high) / 2, width: places.length > 1 ? Math.max(high - low, 1) : 1 };
}

plot.addEventListener("pointerdown", (event) => pointers.set(event.pointerId, event.offsetX));
plot.addEventListener("pointermove", (event) => {
  if (!pointers.has(event.pointerId)) return;
  const before = grip();
  const held = timeAt(before.middle);
  pointers.set(event.pointerId, event.offsetX);
  const after = grip();
  const length = ((view.to - view.from) * before.width) / after.width;
  const from = held - ((after.middle - MARGIN.left) / inner()) * length;
  show(from, from + length);
});
for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
  plot.addEventListener(end, (event) => pointers.delete(event.pointerId));
}
plot.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.offsetX));
  },
  { passive: false },
);

function showDay() {
  const hour = Math.floor(Date.now() / HOUR) * HOUR;
  const from = first <= hour && hour < last ? hour : first;
  show(from, from + DAY);
}

const actions = {
  day: showDay,
  all: () => show(first, last),
  earlier: () => move(-1 / 2),
  later: () => move(1 / 2),
  nearer: () => zoom(1 / 2),
  farther: () => zoom(2),
};
for (const [id, action] of Object.entries(actions)) find(id).addEventListener("click", action);

// What is to be seen now, and next

function say(text) {
  if (find("now").textContent !== text) find("now").textContent = text;
}

function sayNow() {
  const now = Date.now();
  const source = (each) => facts(find(each.row))[1][1];
  const current = data.windows.filter((each) => each.start <= now && now < endOf(each));
  const next = data.windows.find(({ start }) => start > now);
  const until = (each) => `${source(each)} until ${clock(endOf(each))}`;
  if (now >= last) say("This forecast is over; look for a newer one.");
  else if (current.length) say(`Now: ${current.map(until).join(", ")} UTC.`);
  else if (next) say(`Next: ${source(next)} from ${date(next.start)}, ${clock(next.start)} UTC.`);
  else say("No further window in this forecast.");
}

find("plain").hidden = true;
find("chart").hidden = false;
new ResizeObserver(draw).observe(plot);
showDay();
sayNow();
setInterval(() => {
  sayNow();
  draw();
}, MINUTE);
