// What goes between this page and the server: entries up, once each and in their order; what others saved down.

const FIRST = 1000; // milliseconds until the first new attempt; each further one waits twice as long
const LONGEST = 30000;
const POLL = 20000;
const QUIET = 30 * 60 * 1000; // nobody has touched the page for so long: let the sign-in end

export class Sync {
  // `told` is called with what happened: saved, clash, refused, rows, signedOut, otherAccount, unlocked, changed
  constructor(data, queue, told) {
    Object.assign(this, { data, queue, told });
    this.waiting = new Map(); // key -> {entry, status, answer}
    this.csrf = document.querySelector("[name=csrf_token]").value;
    this.at = data.at;
    this.etag = "";
    this.halted = "";
    this.delay = FIRST;
    this.reachable = true;
    this.touched = Date.now();
    this.ready = this.unlock();
    window.addEventListener("online", () => this.now());
    window.addEventListener("focus", () => this.now());
    for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, () => (this.touched = Date.now()));
    setInterval(() => this.poll(), POLL);
  }

  // ---- the sign-in ----

  async unlock() {
    let answer;
    try {
      answer = await this.fetch(this.data.urls.key);
    } catch {
      return this.later();
    }
    if (answer.type === "opaqueredirect") return this.halt("signedOut");
    if (!answer.ok) return this.later();
    const secret = await answer.json();
    if (secret.account !== this.data.account) return this.halt("otherAccount");
    this.csrf = secret.csrf;
    const fresh = secret.tag !== this.queue.tag;
    const { entries, lost } = fresh ? await this.queue.unlock(secret.key, secret.tag) : { entries: [], lost: 0 };
    if (fresh) for (const { entry } of this.waiting.values()) await this.keep(entry);
    for (const entry of entries) {
      const known = this.waiting.has(entry.key) || entry.on !== this.data.on || entry.period !== this.data.period;
      if (!known) this.waiting.set(entry.key, { entry, status: "waiting" });
      else if (!this.waiting.has(entry.key)) this.waiting.set(entry.key, { entry, status: "waiting", elsewhere: true });
    }
    const were = this.halted;
    this.halted = "";
    this.told("unlocked", { lost, were });
    this.pump();
  }

  halt(why) {
    this.halted = why;
    this.told(why);
  }

  // ---- up ----

  async add(entry) {
    this.waiting.set(entry.key, { entry, status: "waiting" });
    this.told("changed", entry);
    await this.ready;
    await this.keep(entry);
    this.pump();
  }

  async keep(entry) {
    try {
      if (this.waiting.has(entry.key)) await this.queue.put(entry);
    } catch {
      this.queue.safe = false;
      this.told("changed", entry);
    }
  }

  async drop(key) {
    const gone = this.waiting.get(key);
    this.waiting.delete(key);
    if (gone) this.told("changed", gone.entry);
    await this.queue.remove(key);
  }

  of(observation) {
    const mine = [...this.waiting.values()].filter((one) => one.entry.observation === observation && !one.elsewhere);
    return mine.at(-1);
  }

  now() {
    this.delay = FIRST;
    if (this.halted || !this.queue.tag) this.ready = this.unlock();
    else this.pump();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.queue.tag ? this.pump() : (this.ready = this.unlock())), this.delay);
    this.delay = Math.min(this.delay * 2, LONGEST);
    if (this.reachable) {
      this.reachable = false;
      this.told("changed");
    }
  }

  async pump() {
    if (this.pumping || this.halted) return;
    this.pumping = true;
    try {
      for (;;) {
        const next = [...this.waiting.values()].find((one) => one.status === "waiting");
        if (!next || !(await this.send(next))) return;
      }
    } finally {
      this.pumping = false;
    }
  }

  async send(one, again = true) {
    let answer;
    try {
      answer = await this.fetch(this.data.urls.save, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
        body: JSON.stringify({ ...one.entry, since: this.at }),
      });
    } catch {
      this.later();
      return false;
    }
    if (answer.type === "opaqueredirect") {
      this.halt("signedOut");
      return false;
    }
    if (answer.status >= 500 || answer.status === 429) {
      this.later();
      return false;
    }
    this.reached();
    const said = await answer.json().catch(() => null);
    if (answer.status === 400 && said === null && again) {
      // the token is another session's: take the new one
      await this.unlock();
      return !this.halted && this.send(one, false);
    }
    await this.settle(one, answer.status, said);
    return true;
  }

  async settle(one, status, said) {
    if (status === 200 && said) {
      this.at = said.at;
      await this.drop(one.entry.key);
      this.told("saved", { entry: one.entry, row: said.row });
      this.told("rows", { rows: said.rows });
    } else if (status === 409 && said) {
      Object.assign(one, { status: "clash", answer: said });
      this.told("clash", one);
    } else {
      Object.assign(one, { status: "refused", answer: said ?? { problems: [] } });
      this.told("refused", one);
    }
  }

  reached() {
    this.delay = FIRST;
    if (!this.reachable) {
      this.reachable = true;
      this.told("changed");
    }
  }

  // ---- down ----

  async poll() {
    if (document.hidden || this.halted || Date.now() - this.touched > QUIET) return;
    try {
      const headers = this.etag ? { "If-None-Match": this.etag } : {};
      const answer = await this.fetch(this.data.urls.state, { headers });
      if (answer.type === "opaqueredirect") return this.halt("signedOut");
      if (answer.status !== 200) return;
      this.etag = answer.headers.get("ETag") ?? "";
      const said = await answer.json();
      this.at = said.at;
      this.told("rows", { rows: said.rows, whole: true });
      this.now();
    } catch {
      // the next time
    }
  }

  fetch(url, options = {}) {
    const headers = { Accept: "application/json", ...options.headers };
    return fetch(url, { ...options, headers, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(15000) });
  }
}
