// The round with scripts: one form that moves from card to card, each row saved by itself while one goes on.
// Without this file every card is a form of its own.

import { Queue } from "./round-queue.js";
import { Sync } from "./round-sync.js";

const FEVER = 37.3;
const UNMEASURED = ["not_met", "refused"];
const data = JSON.parse(document.getElementById("round-data").textContent);
const words = data.words;
const ahead = data.now - Date.now(); // the server's clock counts
const rows = new Map(data.rows.map((row) => [row.id, row]));
const drafts = new Map();
const cards = [...document.querySelectorAll(".person")];
const card = (id) => document.getElementById(`p${id}`);
const form = document.querySelector("[data-entry]");
const temperature = form.elements.temperature;
const sticky = { how: form.elements.how.value, late_reason: "" };
const desk = matchMedia("(hover: hover) and (pointer: fine)").matches;
let current = Number(form.elements.observation.value) || null;
let seen = rows.get(current)?.version ?? 0;
let untouched = "";

const now = () => Date.now() + ahead;
const late = () => now() > data.until;
const uuid = () =>
  crypto.randomUUID?.() ??
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// ---- a temperature as people type it ----

function read(text) {
  const typed = text.normalize("NFKC").replace(/[。,、]/g, ".").replace(/\s|°?C$|度$/g, "");
  if (!typed) return null;
  const whole = /^\d{3}$/.test(typed) ? `${typed.slice(0, 2)}.${typed[2]}` : typed;
  return /^\d{2}\.\d$/.test(whole) ? Number(whole) : NaN;
}

function showFever() {
  const fever = read(temperature.value) >= FEVER;
  form.querySelector("[data-fever]").hidden = !fever;
  form.classList.toggle("fever", fever);
}

// ---- the form ----

const boxes = (name) => [...form.querySelectorAll(`[name="${name}"]`)];
const ticked = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);
const text = (name) => form.elements[name].value.trim();

function typed() {
  return {
    temperature: text("temperature"),
    how: ticked("how")[0] ?? "door",
    outcome: ticked("outcome")[0] ?? "",
    symptoms: ticked("symptoms"),
    went: ticked("went")[0] ?? "",
    went_out: ticked("went").length ? text("went_out") : "",
    met: ticked("met")[0] ?? "",
    contacts: ticked("met").length ? text("contacts") : "",
    measures: text("measures"),
    note: text("note"),
    late_reason: form.querySelector("[data-late]").hidden ? "" : text("late_reason"),
  };
}

function fill(values) {
  const blank = { how: sticky.how, symptoms: [], late_reason: late() ? sticky.late_reason : "" };
  const all = { ...blank, ...values };
  for (const name of ["temperature", "went_out", "contacts", "measures", "note", "late_reason"]) {
    form.elements[name].value = all[name] ?? "";
  }
  for (const box of boxes("how")) box.checked = box.value === (all.how || sticky.how);
  for (const box of boxes("symptoms")) box.checked = all.symptoms.includes(box.value);
  for (const box of boxes("outcome")) box.checked = box.value === all.outcome;
  boxes("went")[0].checked = Boolean(all.went || all.went_out);
  boxes("met")[0].checked = Boolean(all.met || all.contacts);
  form.querySelector("[data-late]").hidden = !late() && !all.late_reason;
  form.querySelector(".extra").open = Boolean(all.measures || all.note);
  wrong({});
  showFever();
  untouched = JSON.stringify(typed());
}

function wrong(said) {
  for (const line of form.querySelectorAll("[data-wrong]")) {
    const words = said[line.dataset.wrong] ?? "";
    line.querySelector("span").textContent = words;
    line.hidden = !words;
    const field = form.elements[line.dataset.wrong];
    if (field instanceof Element) field.toggleAttribute("aria-invalid", Boolean(words));
    if (field instanceof Element && words) field.setAttribute("aria-invalid", "true");
  }
}

function against(values) {
  const degrees = read(values.temperature);
  const symptoms = values.symptoms.filter((one) => one !== "well");
  if (Number.isNaN(degrees)) return { temperature: words.unreadableTemperature };
  if (degrees !== null && (degrees < 34 || degrees > 43)) return { temperature: words.range };
  if (degrees !== null && values.outcome) return { outcome: words.metAndMeasured };
  if (degrees === null && !values.outcome && !symptoms.length) return { temperature: words.needTemperature };
  if (late() && !values.late_reason) return { late_reason: words.needReason };
  return null;
}

// ---- from card to card ----

function leave() {
  if (current === null) return;
  if (JSON.stringify(typed()) !== untouched) drafts.set(current, { values: typed(), seen });
  card(current).classList.remove("open");
  card(current).querySelector(".who").removeAttribute("aria-current");
}

const unsaved = () => drafts.size > 0 || (current !== null && JSON.stringify(typed()) !== untouched);

function go(id, focus = true) {
  leave();
  const to = card(id);
  current = id;
  const waiting = sync.of(id);
  const draft = drafts.get(id);
  const row = rows.get(id);
  to.hidden = false;
  to.append(form);
  to.classList.add("open");
  to.querySelector(".who").setAttribute("aria-current", "true");
  form.elements.observation.value = id;
  form.querySelector(".clash")?.remove();
  const name = to.querySelector(".who b").textContent;
  temperature.setAttribute("aria-label", words.temperatureOf.replace("{name}", name));
  seen = draft?.seen ?? row?.version ?? 0;
  fill(draft?.values ?? waiting?.entry ?? row?.values ?? {});
  if (focus) temperature.focus({ preventScroll: true });
  if (focus) temperature.select();
  to.scrollIntoView({ block: desk ? "nearest" : "start" });
}

function close() {
  leave();
  current = null;
  form.remove();
  note("done", "ok", words.done);
}

const shown = () => cards.filter((one) => !one.hidden);
const isOpen = (id) => !rows.get(id)?.version && !sync.of(id);

function step(by) {
  const list = shown();
  const to = list[list.indexOf(card(current)) + by];
  if (to) go(Number(to.dataset.id));
}

function onward() {
  const start = cards.indexOf(card(current)) + 1;
  const next = [...cards.slice(start), ...cards.slice(0, start)].find((one) => isOpen(Number(one.dataset.id)));
  if (next) go(Number(next.dataset.id));
  else close();
}

// ---- saving ----

function save() {
  const values = typed();
  const problem = against(values);
  if (problem) {
    wrong(problem);
    form.elements[Object.keys(problem)[0]].focus?.();
    return;
  }
  const degrees = read(values.temperature);
  values.temperature = degrees === null ? "" : degrees.toFixed(1);
  sticky.how = values.how;
  sticky.late_reason = values.late_reason || sticky.late_reason;
  drafts.delete(current);
  untouched = JSON.stringify(typed());
  put(current, values, seen);
  onward();
}

function put(id, values, version) {
  const before = sync.of(id);
  const replaced = before && before.status !== "clash" ? before.entry : null;
  const entry = {
    ...values,
    key: uuid(),
    made: Date.now(),
    observation: id,
    on: data.on,
    period: data.period,
    taken_at: new Date(now()).toISOString(),
    seen_version: (replaced ? replaced.seen_version : version) || "",
    after: replaced?.key ?? "",
  };
  if (before) sync.drop(before.entry.key);
  sync.add(entry);
}

// ---- what the page shows ----

function paint(id) {
  const at = card(id);
  const row = rows.get(id);
  if (!at || !row) return;
  const waiting = sync.of(id);
  const state = waiting ? stateOf(waiting.entry) : row.state;
  at.className = `card person${id === current ? " open" : ""} is-${state}`;
  const chip = at.querySelector("[data-state]");
  chip.className = `chip ${waiting ? (waiting.status === "waiting" ? "warn" : "bad") : row.tone}`;
  chip.textContent = waiting ? waitingWords(waiting) : row.said;
  at.querySelector("[data-late-chip]").hidden = !(waiting ? waiting.entry.late_reason : row.late);
  const by = at.querySelector("[data-by]");
  by.textContent = waiting ? "" : row.by;
  by.hidden = !by.textContent;
  at.querySelector("[data-alerts]").replaceChildren(...row.alerts.map(alertChip));
  paintAnswer(at, waiting);
}

function alertChip(label) {
  const chip = document.createElement("span");
  chip.className = "chip bad";
  chip.textContent = label;
  return chip;
}

function stateOf(entry) {
  if (entry.outcome) return entry.outcome;
  const symptoms = entry.symptoms.filter((one) => one !== "well");
  return Number(entry.temperature) >= FEVER || symptoms.length ? "abnormal" : "normal";
}

function labelOf(name, value) {
  return boxes(name).find((box) => box.value === value)?.nextElementSibling.firstChild.textContent.trim() ?? value;
}

function waitingWords({ entry, status }) {
  const symptoms = entry.symptoms.map((one) => labelOf("symptoms", one)).join(words.comma);
  const what = entry.temperature ? `${entry.temperature} ℃` : entry.outcome ? labelOf("outcome", entry.outcome) : symptoms;
  const how = { clash: words.clash, refused: words.refused }[status] ?? (sync.reachable && !sync.halted ? words.saving : words.waiting);
  return `${what} ${how}`;
}

function paintAnswer(at, waiting) {
  at.querySelector(":scope > .clash")?.remove();
  if (waiting?.status === "clash") at.querySelector(".by").after(clashCard(waiting));
  if (waiting?.status === "refused") at.querySelector(".by").after(refusedCard(waiting));
}

function clashCard({ entry, answer }) {
  const made = document.getElementById("round-clash").content.firstElementChild.cloneNode(true);
  const [stored, mine] = [...made.querySelectorAll("thead th")].map((head) => head.textContent);
  made.querySelector("[data-who]").textContent = `${answer.clash.who} · ${answer.clash.when}`;
  for (const [label, kept, ours] of answer.clash.rows) {
    const line = made.querySelector("tbody").insertRow();
    const head = Object.assign(document.createElement("th"), { scope: "row", textContent: label });
    line.append(head);
    Object.assign(line.insertCell(), { textContent: kept || "—" }).dataset.label = stored;
    Object.assign(line.insertCell(), { textContent: ours || "—" }).dataset.label = mine;
  }
  made.querySelector("[data-keep]").addEventListener("click", () => {
    rows.set(entry.observation, answer.row);
    sync.drop(entry.key);
  });
  made.querySelector("[data-replace]").addEventListener("click", () => {
    rows.set(entry.observation, answer.row);
    put(entry.observation, entry, answer.row.version);
  });
  return made;
}

function refusedCard({ entry, answer }) {
  const made = document.getElementById("round-refused").content.firstElementChild.cloneNode(true);
  const said = answer.problems?.map((one) => one.words).join(" ");
  made.querySelector("[data-words]").textContent = said || words.refused;
  made.querySelector("[data-mend]").addEventListener("click", () => go(entry.observation));
  made.querySelector("[data-drop]").addEventListener("click", () => sync.drop(entry.key));
  return made;
}

function paintProgress() {
  const states = [...rows.values()].map((row) => (sync.of(row.id) ? stateOf(sync.of(row.id).entry) : row.state));
  const done = states.filter((state) => state !== "open" && state !== "missed").length;
  document.querySelector("[data-done]").textContent = done;
  document.querySelector("[data-bar]").value = done;
  for (const chip of document.querySelectorAll("[data-show]")) {
    const show = new URL(chip.href).searchParams.get("show");
    chip.querySelector("b").textContent = show ? states.filter((state) => state === show).length : states.length;
  }
  const chip = document.querySelector("[data-waiting]");
  chip.hidden = sync.waiting.size === 0;
  chip.textContent = words.waitingCount.replace("{n}", sync.waiting.size);
  note("offline", "warn", sync.reachable && navigator.onLine ? "" : sync.queue.safe ? words.offline : words.memory);
  if (!sync.queue.safe) note("offline", "warn", sync.waiting.size || !sync.reachable ? words.memory : "");
}

function note(name, tone, said, link = "", url = "") {
  const place = document.querySelector("[data-notes]");
  const old = place.querySelector(`[data-note="${name}"]`);
  if (!said) return old?.remove();
  const line = old ?? document.createElement("div");
  line.className = `note ${tone}`;
  line.dataset.note = name;
  const paragraph = document.createElement("p");
  paragraph.textContent = said;
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: url, textContent: link });
    if (name === "signIn") Object.assign(anchor, { target: "_blank", rel: "noopener" });
    paragraph.append(" ", anchor);
  }
  if (old?.textContent === paragraph.textContent) return undefined;
  line.replaceChildren(paragraph);
  if (!old) place.append(line);
  return undefined;
}

// ---- what happens ----

const happens = {
  changed: (entry) => (entry ? paint(entry.observation) : paintWaiting()),
  saved: ({ entry, row }) => {
    if (!rows.has(row.id)) return;
    take(row);
    if (!row.alerts.length) return;
    const name = card(row.id).querySelector(".who b").textContent;
    const said = words.told.replace("{label}", () => name).replace("{text}", () => row.alerts.join(words.comma));
    note(`alert-${entry.key}`, "bad", said);
  },
  clash: ({ entry }) => paint(entry.observation),
  refused: ({ entry }) => paint(entry.observation),
  rows: ({ rows: came, whole }) => {
    const stranger = came.some((row) => !rows.has(row.id)) || (whole && came.length !== rows.size);
    if (stranger) note("people", "warn", words.newPeople, words.reload, location.href);
    for (const row of came) if (rows.has(row.id)) take(row, whole);
  },
  signedOut: () => {
    note("signIn", "bad", words.signIn, words.signInLink, data.urls.login);
    paintWaiting();
  },
  otherAccount: () => note("signIn", "bad", words.otherAccount),
  unlocked: ({ lost }) => {
    note("signIn", "", "");
    if (lost) note("lost", "warn", words.unreadable.replace("{n}", lost));
    paintWaiting();
    // what was typed here before the page was left is on its way already
    if (current !== null && sync.of(current)?.status === "waiting" && JSON.stringify(typed()) === untouched) onward();
  },
};

function paintWaiting() {
  for (const { entry } of sync.waiting.values()) paint(entry.observation);
}

function take(row, whole = true) {
  const old = rows.get(row.id);
  if (row.version < old.version) return; // overtaken by a newer answer
  if (!whole && !row.alerts.length) row.alerts = old.alerts;
  rows.set(row.id, row);
  if (row.id === current && row.version !== seen && JSON.stringify(typed()) === untouched && !sync.of(row.id)) {
    seen = row.version;
    fill(row.values);
    if (document.activeElement === temperature) temperature.select();
  }
  paint(row.id);
}

const sync = new Sync(data, new Queue(), (what, about) => {
  queueMicrotask(() => {
    happens[what]?.(about);
    paintProgress();
  });
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
form.addEventListener("input", (event) => {
  if (event.target === temperature) showFever();
});
form.addEventListener("change", ({ target }) => {
  if (target.name === "symptoms" && target.checked) {
    const well = target.value === "well";
    for (const box of boxes("symptoms")) if (box !== target && (well || box.value === "well")) box.checked = false;
  } else if (target.name === "outcome" && target.checked) {
    for (const box of boxes("outcome")) if (box !== target) box.checked = false;
  } else if (target.name === "went" && target.checked && !desk) {
    form.elements.went_out.focus();
  } else if (target.name === "met" && target.checked && !desk) {
    form.elements.contacts.focus();
  }
});
temperature.addEventListener("blur", () => {
  const degrees = read(temperature.value);
  if (degrees) temperature.value = degrees.toFixed(1);
});
temperature.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const tap = /^[a-z]$/.test(event.key) && form.querySelector(`[data-key="${event.key}"]`);
  if (by) step(by);
  else if (tap) tap.click();
  if (by || tap) event.preventDefault();
});
// a number is a temperature, also while a tap has the focus
form.addEventListener("keydown", (event) => {
  if (event.target.matches("[type=checkbox], [type=radio]") && /^[0-9]$/.test(event.key)) temperature.focus();
});
document.querySelector(".round").addEventListener("click", (event) => {
  const who = event.target.closest(".who");
  if (!who || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const id = Number(who.closest(".person").dataset.id);
  if (id !== current) go(id);
});
document.querySelector(".shown").addEventListener("click", (event) => {
  const chip = event.target.closest("[data-show]");
  if (!chip) return;
  event.preventDefault();
  const show = new URL(chip.href).searchParams.get("show");
  for (const other of document.querySelectorAll("[data-show]")) other.removeAttribute("aria-current");
  chip.setAttribute("aria-current", "true");
  for (const one of cards) {
    const id = Number(one.dataset.id);
    const state = sync.of(id) ? stateOf(sync.of(id).entry) : rows.get(id).state;
    one.hidden = Boolean(show) && state !== show && id !== current;
  }
});
document.querySelector(".round").addEventListener("submit", async (event) => {
  const ring = event.target.closest("[data-call]");
  if (!ring) return;
  event.preventDefault();
  try {
    const answer = await sync.fetch(ring.action, { method: "POST", headers: { "X-CSRFToken": sync.csrf } });
    const { phone } = await answer.json();
    const link = Object.assign(document.createElement("a"), { className: "button", href: `tel:${phone}`, textContent: phone });
    ring.replaceChildren(link);
    link.focus();
    if (!desk) link.click();
  } catch {
    ring.submit();
  }
});
for (const out of document.querySelectorAll("form[action='/logout']")) {
  out.addEventListener("submit", (event) => {
    if (sync.waiting.size && !confirm(words.leave)) event.preventDefault();
  });
}
window.addEventListener("beforeunload", (event) => {
  if (unsaved() || (sync.waiting.size && (!sync.queue.safe || sync.halted))) event.preventDefault();
});
window.addEventListener("offline", () => paintProgress());
window.addEventListener("online", () => paintProgress());
setInterval(() => {
  if (late()) form.querySelector("[data-late]").hidden = false;
}, 15000);

untouched = JSON.stringify(typed());
showFever();
if (current !== null && cards[0] !== card(current)) card(current).scrollIntoView({ block: "nearest" });
if (desk && current !== null) temperature.focus({ preventScroll: true });
