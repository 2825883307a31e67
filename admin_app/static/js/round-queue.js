// Entries that wait for the network, kept so that nobody can read them but the sign-in that made them: AES-GCM, under
// a key that the server gives to this sign-in only and that never leaves memory. What is stored is a random number,
// a vector and noise. Where the browser has no such key or no store, entries stay in memory and the page says so.

const DATABASE = "taizhang-round";
const STORE = "waiting";
const BLOCK = 512; // every entry is as long as any other

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function openStore() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return done(request);
}

export class Queue {
  constructor() {
    this.key = null;
    this.tag = "";
    this.store = null;
    this.safe = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);
  }

  // Takes the sign-in's secret; returns the entries that wait under it, and how many wait that nobody can read any more.
  async unlock(secret, tag) {
    if (!this.safe) return { entries: [], lost: 0 };
    try {
      const raw = Uint8Array.from(atob(secret), (character) => character.charCodeAt(0));
      this.key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
      raw.fill(0);
      this.tag = tag;
      this.store ??= await openStore();
      return await this.read();
    } catch {
      this.safe = false;
      return { entries: [], lost: 0 };
    }
  }

  async read() {
    const entries = [];
    let lost = 0;
    for (const row of await done(this.objects("readonly").getAll())) {
      try {
        if (row.tag !== this.tag) throw new Error("another sign-in's");
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, this.key, row.data);
        entries.push(JSON.parse(new TextDecoder().decode(plain)));
      } catch {
        lost += 1;
        await this.remove(row.id);
      }
    }
    return { entries: entries.sort((a, b) => a.made - b.made), lost };
  }

  async put(entry) {
    if (!this.safe || !this.key || !this.store) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(entry));
    const padded = new Uint8Array(Math.ceil(text.length / BLOCK) * BLOCK).fill(32);
    padded.set(text);
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, padded);
    await done(this.objects("readwrite").put({ id: entry.key, tag: this.tag, iv, data }));
  }

  async remove(id) {
    if (this.store) await done(this.objects("readwrite").delete(id));
  }

  objects(mode) {
    return this.store.transaction(STORE, mode).objectStore(STORE);
  }
}
