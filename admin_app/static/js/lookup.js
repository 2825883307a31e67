// Another record, found while one types. Without this file the field asks the server with its own button.
// What is chosen is a hidden input of the field's name; it is empty as long as the text names no record.

const PAUSE = 200; // milliseconds without a key before the server is asked

class Lookup {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input[name$='-q']");
    this.chosen = Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.name });
    this.list = Object.assign(document.createElement("div"), { id: `${this.input.id}-list`, hidden: true });
    this.said = Object.assign(document.createElement("p"), { className: "hint", hidden: true });
    this.options = [];
    this.at = -1;
    this.asked = 0;
    this.build();
    this.listen();
  }

  build() {
    const radios = [...this.box.querySelectorAll("input[type=radio]")];
    const ticked = radios.find((radio) => radio.checked);
    this.chosen.value = ticked?.value ?? "";
    if (this.chosen.value) this.input.value = ticked.parentElement.textContent.trim();
    this.box.querySelector(".choices")?.remove();
    this.box.querySelector("p.hint")?.remove();
    this.box.querySelector("button").remove();
    this.box.append(this.chosen, this.list, this.said);
    this.box.classList.add("live");

    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.input.labels[0]?.firstChild.textContent ?? "");
    this.said.setAttribute("role", "status");
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.setAttribute("aria-expanded", "false");
    this.mark();
  }

  listen() {
    this.input.addEventListener("input", () => {
      this.chosen.value = "";
      this.mark();
      this.later();
    });
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.list.hidden && this.ask());
    this.input.addEventListener("blur", () => this.leave());
    this.input.addEventListener("keydown", (event) => this.key(event));
    // the field keeps the focus while the list is used
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(this.options.indexOf(option));
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const turn = ++this.asked;
    const url = new URL(this.box.dataset.url, location.href);
    url.searchParams.set("query", this.chosen.value ? "" : this.input.value.trim());
    this.tell(this.box.dataset.busy);
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      if (turn === this.asked && document.activeElement === this.input) this.show(found);
    } catch {
      if (turn === this.asked) this.tell(this.box.dataset.broken);
    }
  }

  show(found) {
    this.options = found.map(([id, label], index) => {
      const option = document.createElement("div");
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("role", "option");
      option.dataset.id = id;
      option.textContent = label;
      return option;
    });
    this.list.replaceChildren(...this.options);
    this.open(found.length > 0);
    this.tell(found.length ? "" : this.box.dataset.none);
    this.move(found.length === 1 ? 0 : -1);
  }

  key(event) {
    const last = this.options.length - 1;
    const moves = { ArrowDown: this.at >= last ? 0 : this.at + 1, ArrowUp: this.at <= 0 ? last : this.at - 1 };
    if (event.isComposing) return; // Chinese is being typed
    if (event.key in moves) {
      event.preventDefault();
      if (this.list.hidden) this.ask();
      else this.move(moves[event.key]);
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      if (this.at >= 0) this.choose(this.at);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.open(false);
    }
  }

  move(to) {
    this.at = to;
    this.options.forEach((option, index) => option.setAttribute("aria-selected", String(index === to)));
    if (to < 0) {
      this.input.removeAttribute("aria-activedescendant");
    } else {
      this.input.setAttribute("aria-activedescendant", this.options[to].id);
      this.options[to].scrollIntoView({ block: "nearest" });
    }
  }

  choose(index) {
    const option = this.options[index];
    this.input.value = option.textContent;
    this.chosen.value = option.dataset.id;
    this.asked += 1;
    clearTimeout(this.timer);
    this.open(false);
    this.tell("");
    this.mark();
  }

  leave() {
    this.asked += 1;
    clearTimeout(this.timer);
    this.open(false);
    this.tell(this.input.value.trim() && !this.chosen.value ? this.box.dataset.choose : "");
  }

  open(shown) {
    this.list.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown));
    if (!shown) this.move(-1);
  }

  tell(text) {
    this.said.textContent = text;
    this.said.hidden = !text;
  }

  mark() {
    this.box.classList.toggle("chosen", Boolean(this.chosen.value));
  }
}

document.querySelectorAll("[data-lookup]").forEach((box) => new Lookup(box));
