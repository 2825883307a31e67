// A part of the page that refreshes by itself: asks now and then, changes only what is another, keeps everything in its place.

const EVERY = 15_000;
const SLOWEST = 120_000;

const region = document.querySelector("[data-live]");
const said = document.querySelector("[data-live-said]");
const at = document.querySelector("[data-live-at]");
const now = document.querySelector("[data-live-now]");

let tag = "";
let wait = EVERY;
let timer = 0;
let asking = null;
let last = clockTime();
let ended = false;

function clockTime() {
  return new Date().toTimeString().slice(0, 8);
}

function say(words, time) {
  said.textContent = words ? words.replace("{}", time) : "";
}

// ---- what is another becomes the same ----

function settle(old, fresh) {
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    // what its reader opened stays open
    if (!fresh.hasAttribute(name) && !(name === "open" && old.matches("details"))) old.removeAttribute(name);
  }
}

function become(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  const alike = old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && (old.id ?? "") === (fresh.id ?? "");
  if (!alike) {
    const made = document.importNode(fresh, true);
    old.replaceWith(made);
    return made;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = fresh.data;
    return old;
  }
  settle(old, fresh);
  children(old, fresh);
  return old;
}

// blanks between elements say nothing; what stands still must not be moved because of them (it would lose its scrolling)
const blank = (node) => node.nodeType === Node.TEXT_NODE && !node.data.trim();

function after(node) {
  let next = node?.nextSibling ?? null;
  while (next && blank(next)) next = next.nextSibling;
  return next;
}

function children(old, fresh) {
  const kept = new Map([...old.children].filter((one) => one.id).map((one) => [one.id, one]));
  const wanted = new Set([...fresh.children].map((one) => one.id).filter(Boolean));
  const first = old.firstChild;
  let place = first && blank(first) ? after(first) : first;
  const drop = () => {
    const gone = place;
    place = after(place);
    gone.remove();
  };
  for (const one of [...fresh.childNodes].filter((node) => !blank(node))) {
    // what is not wanted any more makes room first, so that nothing that stays has to move
    while (place?.id && !wanted.has(place.id)) drop();
    const known = one.id && kept.get(one.id);
    if (known) {
      if (known === place) place = after(place);
      else old.insertBefore(known, place);
      become(known, one);
    } else if (place && !place.id && !one.id && place.nodeName === one.nodeName) {
      const next = after(place);
      become(place, one);
      place = next;
    } else {
      old.insertBefore(document.importNode(one, true), place);
    }
  }
  while (place) drop();
}

function show(html) {
  const fresh = new DOMParser().parseFromString(`<div>${html}</div>`, "text/html").body.firstElementChild;
  const focused = document.activeElement;
  children(region, fresh);
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

// ---- asking ----

async function ask() {
  clearTimeout(timer);
  if (asking || ended) return;
  asking = new AbortController();
  const giveUp = setTimeout(() => asking?.abort(), 10_000);
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(region.dataset.live, { headers, cache: "no-store", redirect: "manual", signal: asking.signal });
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      ended = true;
      say(region.dataset.ended);
      return;
    }
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
    }
    tag = answer.headers.get("ETag") ?? tag;
    last = answer.headers.get("X-At") ?? clockTime();
    at.textContent = region.dataset.refreshed.replace("{}", last);
    say("");
    wait = EVERY;
  } catch {
    if (!document.hidden) say(region.dataset.gone, last);
    wait = Math.min(wait * 2, SLOWEST);
  } finally {
    clearTimeout(giveUp);
    asking = null;
    if (!document.hidden && !ended) timer = setTimeout(ask, wait);
  }
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) ask();
});
window.addEventListener("online", ask);
window.addEventListener("offline", () => say(region.dataset.gone, last));
now.addEventListener("click", (event) => {
  event.preventDefault();
  ask();
});

timer = setTimeout(ask, EVERY);
